import type { RequestMessage, RpcName } from "../../acs/rpc/index.ts";

export interface UndeliveredEvent {
  readonly code: string;
  /** Empty unless the code begins with `M`. */
  readonly commandKey: string;
}

/** A request of the CPE's own, with the events that its response delivers. */
export interface Report {
  readonly message: RequestMessage;
  readonly events: readonly UndeliveredEvent[];
  readonly commandKey: string;
  /** Called once, when the ACS has answered with the response. */
  readonly delivered?: () => void;
}

/** Which events do not outlive a failed delivery or a reboot (specs/cwmp.md §2.3). */
const mortal: Readonly<Record<string, "failure" | "reboot">> = {
  "1 BOOT": "reboot",
  "4 VALUE CHANGE": "reboot",
  "6 CONNECTION REQUEST": "failure",
  "8 DIAGNOSTICS COMPLETE": "reboot",
};

const same = (a: UndeliveredEvent, b: UndeliveredEvent): boolean => a.code === b.code && a.commandKey === b.commandKey;

/** What a CPE still has to tell its ACS: events for the Inform and requests for after it (TR-069 §3.7.1.5). */
export class Outbox {
  #events: UndeliveredEvent[] = [];
  #reports: Report[] = [];
  readonly #changed = new Set<string>();

  get events(): readonly UndeliveredEvent[] {
    return this.#events;
  }

  get reports(): readonly Report[] {
    return this.#reports;
  }

  /** Parameters whose changes wait for the next Inform. */
  get changed(): ReadonlySet<string> {
    return this.#changed;
  }

  addEvent(code: string, commandKey = ""): void {
    const event = { code, commandKey };
    if (!this.#events.some((known) => same(known, event))) this.#events.push(event);
  }

  addReport(report: Report): void {
    this.#reports.push(report);
    for (const { code, commandKey } of report.events) this.addEvent(code, commandKey);
  }

  addChange(name: string): void {
    this.#changed.add(name);
    this.addEvent("4 VALUE CHANGE");
  }

  /** The InformResponse was read: these events and changes are delivered, but for those of a report. */
  informed(events: readonly UndeliveredEvent[], changed: Iterable<string>): void {
    const kept = this.#reports.flatMap((report) => report.events);
    const delivered = events.filter((event) => !kept.some((other) => same(event, other)));
    this.#events = this.#events.filter((event) => !delivered.some((other) => same(event, other)));
    for (const name of changed) this.#changed.delete(name);
  }

  /** The report's response was read; an event that another report shares stays. */
  reported(report: Report): void {
    this.#reports = this.#reports.filter((other) => other !== report);
    this.informed(report.events, []);
    report.delivered?.();
  }

  /** The session failed before these were delivered. */
  failed(): void {
    this.#events = this.#events.filter(({ code }) => mortal[code] !== "failure");
  }

  rebooted(): void {
    this.#events = this.#events.filter(({ code }) => mortal[code] === undefined);
    this.#changed.clear();
  }

  /** A BOOTSTRAP discards every other undelivered event. */
  bootstrapped(): void {
    this.#events = [];
    this.#reports = [];
    this.#changed.clear();
    this.addEvent("0 BOOTSTRAP");
  }
}

/** The event that goes with a request of the CPE's own (specs/cwmp.md §2.3). */
export const eventOf: Partial<Record<RpcName, string>> = {
  TransferComplete: "7 TRANSFER COMPLETE",
  Kicked: "5 KICKED",
  RequestDownload: "9 REQUEST DOWNLOAD",
  AutonomousTransferComplete: "10 AUTONOMOUS TRANSFER COMPLETE",
  DUStateChangeComplete: "11 DU STATE CHANGE COMPLETE",
  AutonomousDUStateChangeComplete: "12 AUTONOMOUS DU STATE CHANGE COMPLETE",
};
