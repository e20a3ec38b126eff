import { type Duration, systemClock } from "../kernel/time.ts";
import { ConnectionRequestListener } from "./cpe/connection-request.ts";
import { type CpeOptions, type SessionReport, SimulatedCpe } from "./cpe/cpe.ts";
import { Stopped, Tasks } from "./cpe/tasks.ts";

export interface FleetOptions extends Omit<CpeOptions, "serialNumber" | "connectionRequests"> {
  count: number;
  /** Serial numbers are this and a number of six digits. */
  serialPrefix?: string;
  /** Over how long the CPEs start. */
  ramp?: Duration;
}

export interface FleetCounts {
  sessions: number;
  completed: number;
  /** With 503. */
  refused: number;
  failed: number;
  /** That the ACS asked for. */
  rpcs: number;
  informsAcknowledged: number;
}

/** Many simulated CPEs that share a model and one port for connection requests. In user names `{serial}` is their own. */
export class SimulatedFleet {
  readonly cpes: readonly SimulatedCpe[];
  readonly counts: FleetCounts = { sessions: 0, completed: 0, refused: 0, failed: 0, rpcs: 0, informsAcknowledged: 0 };
  readonly #ramp: Duration;
  readonly #tasks: Tasks;

  constructor({ count, serialPrefix = "SIM", ramp = 0, connectionRequestHost: host, ...options }: FleetOptions) {
    this.#ramp = ramp;
    this.#tasks = new Tasks(options.clock ?? systemClock, () => undefined);
    const shared: Omit<CpeOptions, "serialNumber"> = {
      ...options,
      ...(host === undefined ? {} : { connectionRequests: new ConnectionRequestListener(host) }),
      onSession: (report) => this.#count(report, options),
      onAcknowledged: (acknowledged) => {
        if (acknowledged.request === "Inform") this.counts.informsAcknowledged += 1;
        options.onAcknowledged?.(acknowledged);
      },
    };
    this.cpes = Array.from({ length: count }, (_, index) => {
      const serialNumber = `${serialPrefix}${String(index).padStart(6, "0")}`;
      return new SimulatedCpe({ ...shared, ...credentialsOf(options, serialNumber), serialNumber });
    });
  }

  /** Resolves when every CPE has made its first contact, or tried to, or the fleet was stopped. */
  async start(events?: readonly string[]): Promise<void> {
    const step = this.cpes.length === 0 ? 0 : this.#ramp / this.cpes.length;
    await Promise.all(
      this.cpes.map(async (cpe, index) => {
        if (step > 0 && !(await this.#waited(step * index))) return;
        await cpe.start(events);
      }),
    );
  }

  stop(): void {
    this.#tasks.stop();
    for (const cpe of this.cpes) cpe.stop();
  }

  /** Resolves when no CPE has anything under way. */
  async settled(): Promise<void> {
    await Promise.all(this.cpes.map((cpe) => cpe.settled()));
  }

  /** False when the fleet was stopped meanwhile. */
  async #waited(delay: Duration): Promise<boolean> {
    try {
      await this.#tasks.wait(delay);
      return true;
    } catch (error) {
      if (error instanceof Stopped) return false;
      throw error;
    }
  }

  #count(report: SessionReport, { onSession }: Pick<CpeOptions, "onSession">): void {
    this.counts.sessions += 1;
    this.counts[report.outcome] += 1;
    this.counts.rpcs += report.rpcs;
    onSession?.(report);
  }
}

function credentialsOf(
  { credentials }: Pick<CpeOptions, "credentials">,
  serialNumber: string,
): Pick<CpeOptions, "credentials"> {
  if (credentials === undefined) return {};
  return { credentials: { ...credentials, username: credentials.username.replaceAll("{serial}", serialNumber) } };
}
