import { leafName, parentPath } from "../../kernel/path.ts";
import { type Clock, type Duration, seconds, type Timer } from "../../kernel/time.ts";
import type { Tasks } from "./tasks.ts";
import type { CpeTree } from "./tree.ts";

export interface DiagnosticsOptions {
  readonly tree: CpeTree;
  readonly clock: Clock;
  readonly tasks: Tasks;
  /** How the state of a finished test is spelt. */
  readonly finalState: "Complete" | "Completed";
  readonly finished: () => void;
}

const DURATION: Duration = seconds(1);

/** `DiagnosticsState`, and `LoopDiagnosticsState` of the DSL test. */
export const isStateOfDiagnostics = (name: string): boolean => /^(?:Loop)?DiagnosticsState$/.test(leafName(name));

/** The tests of TR-143 and TR-181 as far as an ACS sees them (specs/cwmp.md §5.1): states, results, event 8. */
export class Diagnostics {
  readonly #options: DiagnosticsOptions;
  /** By object. */
  readonly #running = new Map<string, Timer>();

  constructor(options: DiagnosticsOptions) {
    this.#options = options;
  }

  /** The ACS wrote these: a test is asked for, asked for anew, or cancelled. */
  written(values: ReadonlyMap<string, string>): void {
    for (const name of values.keys()) if (!isStateOfDiagnostics(name)) this.#cancel(parentPath(name));
    for (const [name, value] of values) {
      if (!isStateOfDiagnostics(name)) continue;
      this.#cancel(parentPath(name));
      this.#options.tree.set(name, value === "Canceled" ? "None" : value);
      if (value === "Requested") this.#start(name);
    }
  }

  /** A reboot ends every test without a result. */
  stop(): void {
    for (const object of this.#running.keys()) this.#cancel(object);
  }

  #cancel(object: string): void {
    const timer = this.#running.get(object);
    if (timer === undefined) return;
    timer.cancel();
    this.#running.delete(object);
    for (const state of ["DiagnosticsState", "LoopDiagnosticsState"]) this.#options.tree.set(object + state, "None");
  }

  #start(state: string): void {
    const { tasks, tree, clock, finalState, finished } = this.#options;
    const object = parentPath(state);
    const timer = tasks.later(DURATION, () => {
      this.#running.delete(object);
      const given = (leaf: string): string => tree.get(object + leaf)?.value ?? "";
      for (const [leaf, result] of Object.entries(results))
        tree.set(object + leaf, typeof result === "string" ? result : result(given, clock.now()));
      tree.set(state, finalState);
      finished();
    });
    this.#running.set(object, timer);
  }
}

type Result = string | ((given: (leaf: string) => string, now: number) => string);

/** TR-143 stamps in microseconds. */
const stamp =
  (before: Duration): Result =>
  (_given, now) =>
    `${new Date(now - before).toISOString().slice(0, -1)}250Z`;

/** What any test may report; an object has those that it has. Response times in milliseconds. */
const results: Readonly<Record<string, Result>> = {
  SuccessCount: (given) => given("NumberOfRepetitions") || "1",
  FailureCount: "0",
  AverageResponseTime: "12",
  MinimumResponseTime: "10",
  MaximumResponseTime: "15",
  ResponseTime: "31",
  ROMTime: stamp(900),
  BOMTime: stamp(800),
  EOMTime: stamp(100),
  TestBytesReceived: "10485760",
  TotalBytesReceived: "10511362",
  TestBytesSent: (given) => given("TestFileLength") || "1048576",
  TotalBytesSent: "1100000",
  TCPOpenRequestTime: stamp(950),
  TCPOpenResponseTime: stamp(930),
};
