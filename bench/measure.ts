import { Answers, informBody } from "../sim/load/answers.ts";
import { type LoadTarget, runMany, runSession, type SessionOutcome } from "../sim/load/client.ts";
import { type LoadModel, loadModel } from "../sim/load/model.ts";
import { cpuSeconds, cpuSecondsMatching, type Started, startProcess } from "./processes.ts";
import { quantile, type Row } from "./report.ts";

const IN_FLIGHT = 64;
const ENGINE_PROCESSES = /mongodb-gateway|postgres|mongod\b/;

/** Per session; CPU and times in milliseconds. */
export interface Measured {
  sessionsPerSecond: number;
  cpuMs: number;
  /** CPU of the process as a multiple of the floor's, measured right before and after. */
  timesFloor: number;
  engineCpuMs: number;
  p50: number;
  p99: number;
  failed: number;
}

/** The middle one by its ratio to the floor. */
export const median = (measured: readonly Measured[]): Measured =>
  measured.toSorted((a, b) => a.timesFloor - b.timesFloor)[Math.floor(measured.length / 2)]!;

export const informs = (
  target: LoadTarget,
  model: LoadModel,
  serials: readonly string[],
  count: number,
  event = "2 PERIODIC",
): (() => Promise<SessionOutcome[]>) => {
  const answers = new Answers(model);
  const bodies = serials.map((serial) => informBody(model, serial, event));
  return () =>
    runMany(IN_FLIGHT, (index) =>
      index < count ? runSession(target, bodies[index % bodies.length]!, answers) : undefined,
    );
};

/** Runs beside what is measured, so that both see the same machine. */
export class Floor {
  readonly #started: Started;
  readonly #run: () => Promise<SessionOutcome[]>;
  readonly #sessions: number;
  readonly #all: number[] = [];

  private constructor(started: Started, sessions: number) {
    const url = new URL(/http:\S+/.exec(started.output())![0]);
    this.#started = started;
    this.#sessions = sessions;
    this.#run = informs({ host: url.hostname, port: Number(url.port) }, loadModel(100), ["F1"], sessions);
  }

  static async start(sessions: number): Promise<Floor> {
    const started = await startProcess(["dist/bench/floor.js"], process.env, /listening on (http:\S+)/);
    const floor = new Floor(started, sessions);
    for (let i = 0; i < 3; i++) await floor.#run();
    return floor;
  }

  async cpuMs(): Promise<number> {
    const before = cpuSeconds(this.#started.pid);
    await this.#run();
    const cpuMs = ((cpuSeconds(this.#started.pid) - before) * 1_000) / this.#sessions;
    this.#all.push(cpuMs);
    return cpuMs;
  }

  /** The middle one of all that was measured. */
  get typicalCpuMs(): number {
    return quantile(
      this.#all.toSorted((a, b) => a - b),
      0.5,
    );
  }

  stop(): Promise<void> {
    return this.#started.stop("SIGKILL");
  }
}

export interface Work {
  /** Not measured: what must be there before a run. */
  prepare?: () => Promise<void>;
  run: () => Promise<SessionOutcome[]>;
  /** Measured as well: what the process does later for the sessions. */
  settle?: () => Promise<void>;
  /** Runs of one measurement; by default one. */
  runs?: number;
}

/** CPU of the process `pid` for the work's sessions, between two measurements of the floor. */
export async function measure(pid: number, floor: Floor, work: Work): Promise<Measured> {
  const outcomes: SessionOutcome[] = [];
  let [cpu, engineCpu, wall] = [0, 0, 0];
  const floorBefore = await floor.cpuMs();
  for (let i = 0; i < (work.runs ?? 1); i++) {
    await work.prepare?.();
    const [cpuBefore, engineBefore, started] = [
      cpuSeconds(pid),
      cpuSecondsMatching(ENGINE_PROCESSES),
      performance.now(),
    ];
    outcomes.push(...(await work.run()));
    wall += (performance.now() - started) / 1_000;
    await work.settle?.();
    cpu += cpuSeconds(pid) - cpuBefore;
    engineCpu += cpuSecondsMatching(ENGINE_PROCESSES) - engineBefore;
  }
  const floorAfter = await floor.cpuMs();
  const times = outcomes.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const cpuMs = (cpu * 1_000) / outcomes.length;
  return {
    sessionsPerSecond: outcomes.length / wall,
    cpuMs,
    timesFloor: cpuMs / ((floorBefore + floorAfter) / 2),
    engineCpuMs: (engineCpu * 1_000) / outcomes.length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    failed: outcomes.filter(({ outcome }) => outcome !== "completed").length,
  };
}

export function rowsOf(name: string, engine: string, measured: Measured): Row[] {
  const row = (metric: string, value: number, unit: string): Row => ({
    bench: "acs",
    case: name,
    engine,
    metric,
    value,
    unit,
  });
  return [
    row("sessions", measured.sessionsPerSecond, "1/s"),
    row("CPU per session", measured.cpuMs, "ms"),
    row("CPU per session / floor", measured.timesFloor, "×"),
    ...(engine === "mongodb" ? [row("engine's CPU per session", measured.engineCpuMs, "ms")] : []),
    row("latency p50", measured.p50, "ms"),
    row("latency p99", measured.p99, "ms"),
    ...(measured.failed === 0 ? [] : [row("failed sessions", measured.failed, "")]),
  ];
}

/** Waits until the process has next to nothing to do any more: what sessions leave behind is done later. */
export async function untilIdle(pid: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  let quiet = 0;
  for (let before = cpuSeconds(pid); quiet < 5 && performance.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const now = cpuSeconds(pid);
    quiet = now - before < 0.05 ? quiet + 1 : 0;
    before = now;
  }
}
