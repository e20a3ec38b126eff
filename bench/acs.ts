import { Command } from "commander";
import { type LoadModel, loadModel } from "../sim/load/model.ts";
import { Floor, informs, type Measured, measure, median, rowsOf, untilIdle, type Work } from "./measure.ts";
import { memoryMib } from "./processes.ts";
import { type Row, report } from "./report.ts";
import { StewardProcess } from "./steward.ts";

// Sessions per second and CPU per session, beside a bare node:http server that answers the same bytes.
//   npm run bench [-- --json FILE] [-- --quick]     STEWARD_TEST_MONGODB_URL adds the MongoDB engine.

const { quick = false } = new Command("bench")
  .description(
    "Sessions per second and CPU per session; minutes long. STEWARD_TEST_MONGODB_URL adds the MongoDB engine.",
  )
  .option("--quick", "fewer devices and rounds")
  .option("--json <file>", "writes the rows there")
  .parse()
  .opts<{ quick?: true }>();
const DEVICES = quick ? 128 : 256;
/** Sessions of one measurement; short ones, so that the floor before and after it saw the same machine. */
const SESSIONS = 1_000;
/** A server that runs for months is measured, not one that starts: so many sessions come first. */
const WARM_UP = quick ? 10_000 : 20_000;
const ROUNDS = quick ? 5 : 11;
/** Plain sessions are compared with each other, too: one round more or less of V8's collections must not show. */
const PLAIN_ROUNDS = quick ? 9 : 31;
/**
 * Rounds of all devices before sessions that write are measured, and in one measurement. V8 goes on optimising what they
 * run for 10,000 sessions.
 */
const WRITES = quick ? { first: 24, measured: 2 } : { first: 40, measured: 3 };

async function createForEach(steward: StewardProcess, ids: readonly string[], operation: object): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let id = ids[next++]; id !== undefined; id = ids[next++])
      await steward.api("POST", `/api/v1/devices/${id}/operations`, { ...operation, options: { wake: "nextContact" } });
  };
  await Promise.all(Array.from({ length: 16 }, lane));
}

async function deviceIds(steward: StewardProcess, prefix: string): Promise<string[]> {
  const query = new URLSearchParams({ limit: "200", filter: `serial:${prefix}*` });
  const devices = await steward.all<{ id: string }>(`/api/v1/devices?${query.toString()}`);
  return devices.map(({ id }) => id);
}

/** Devices of one model, and what they do. */
class Group {
  readonly size: number;
  readonly #steward: StewardProcess;
  readonly #floor: Floor;
  readonly #model: LoadModel;
  readonly #serials: readonly string[];
  #ids: readonly string[] = [];
  #value = 0;

  constructor(steward: StewardProcess, floor: Floor, size: number) {
    this.size = size;
    this.#steward = steward;
    this.#floor = floor;
    this.#model = loadModel(size);
    this.#serials = Array.from({ length: size >= 6_000 ? DEVICES / 2 : DEVICES }, (_, i) => `S${size}x${i}`);
  }

  async arrive(): Promise<void> {
    await informs(this.#steward.acs, this.#model, this.#serials, this.#serials.length, "0 BOOTSTRAP")();
    this.#ids = await deviceIds(this.#steward, `S${this.size}x`);
    if (this.#ids.length !== this.#serials.length)
      throw new Error(`${this.#ids.length} of ${this.#serials.length} devices arrived`);
  }

  /** The first refresh fills the store and warms the code; the second is measured, with the folding that follows it. */
  async refresh(): Promise<Measured> {
    const work: Work = {
      prepare: () => createForEach(this.#steward, this.#ids, { kind: "discover", path: "Device.", values: true }),
      run: this.#informs(this.#serials.length),
      settle: () => untilIdle(this.#steward.pid),
    };
    await this.#warmUp(work, 1);
    return this.#measure(work);
  }

  async warmUp(): Promise<void> {
    await this.#informs(WARM_UP)();
  }

  plain(): Promise<Measured> {
    return this.#measure({ run: this.#informs(SESSIONS) });
  }

  /** Without and with the values read back afterwards, as is the default. */
  async write(): Promise<Measured[]> {
    const work = [this.#writing({ readBack: false }), this.#writing({})];
    for (const one of work) await this.#warmUp(one, WRITES.first);
    return inTurns(
      ROUNDS,
      work.map((one) => () => this.#measure(one)),
    );
  }

  #writing(how: { readBack?: boolean }): Work {
    return {
      prepare: () => {
        const values = [{ path: "Device.DeviceInfo.ProvisioningCode", value: `v${this.#value++}` }];
        return createForEach(this.#steward, this.#ids, { kind: "write", values, ...how });
      },
      run: this.#informs(this.#serials.length),
      runs: WRITES.measured,
    };
  }

  #informs(count: number): Work["run"] {
    return informs(this.#steward.acs, this.#model, this.#serials, count);
  }

  async #warmUp({ prepare, run, settle }: Work, rounds: number): Promise<void> {
    for (let i = 0; i < rounds; i++) {
      await prepare?.();
      await run();
    }
    await settle?.();
  }

  #measure(work: Work): Promise<Measured> {
    return measure(this.#steward.pid, this.#floor, work);
  }
}

/**
 * The middle one of each. They take turns, and in each round another is the first, so that a difference between them is
 * theirs and not the machine's: V8's great collections come at even distances and would always meet the same one.
 */
async function inTurns(rounds: number, measurements: readonly (() => Promise<Measured>)[]): Promise<Measured[]> {
  const all = measurements.map((): Measured[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < measurements.length; turn++) {
      const at = (round + turn) % measurements.length;
      all[at]!.push(await measurements[at]!());
    }
  }
  return all.map(median);
}

async function measureSteward(engine: "embedded" | "mongodb", floor: Floor, mongodbUrl?: string): Promise<Row[]> {
  const steward = new StewardProcess({ engine, ...(mongodbUrl === undefined ? {} : { mongodbUrl }) });
  try {
    await steward.start();
    const rows: Row[] = [];
    const add = (name: string, { size }: Group, measured: Measured): void => {
      rows.push(...rowsOf(`${name}, ${size} parameters`, engine, measured));
    };
    const groups = [100, 1_000, 6_000].map((size) => new Group(steward, floor, size));
    const refreshed = new Map<Group, Measured>();
    for (const group of groups) {
      await group.arrive();
      refreshed.set(group, await group.refresh());
    }
    for (const group of groups) await group.warmUp();
    const plain = await inTurns(
      PLAIN_ROUNDS,
      groups.map((group) => () => group.plain()),
    );
    groups.forEach((group, i) => add("(a) Inform + empty POST", group, plain[i]!));
    const writer = groups.find(({ size }) => size === 1_000)!;
    const [trusted, readBack] = await writer.write();
    add("(b) one SetParameterValues", writer, trusted!);
    add("(b) one SetParameterValues, read back", writer, readBack!);
    for (const [group, measured] of refreshed) if (group.size >= 1_000) add("(c) full refresh", group, measured);
    const { peak } = memoryMib(steward.pid);
    return [...rows, { bench: "acs", case: "all", engine, metric: "peak memory", value: peak, unit: "MiB" }];
  } catch (error) {
    console.error(steward.output().slice(-4_000));
    throw error;
  } finally {
    await steward.stop();
  }
}

const floor = await Floor.start(SESSIONS);
const rows = await measureSteward("embedded", floor);
const url = process.env["STEWARD_TEST_MONGODB_URL"];
if (url === undefined) console.error("STEWARD_TEST_MONGODB_URL is not set: the MongoDB engine is not measured");
else rows.push(...(await measureSteward("mongodb", floor, url)));
await floor.stop();
const name = "floor: bare node:http";
report([
  { bench: "acs", case: name, engine: "none", metric: "CPU per session", value: floor.typicalCpuMs, unit: "ms" },
  ...rows,
]);
