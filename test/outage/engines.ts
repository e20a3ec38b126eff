import { execFileSync } from "node:child_process";

export type Engine = "mongodb" | "redis";

/** Real servers that may be crashed: `up` and `down` of the folder that holds them. */
export class Engines {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Without a goodbye; the wire server of MongoDB together with what keeps its data. */
  crash(engine: Engine): void {
    const names = engine === "mongodb" ? ["mongodb", "postgres"] : ["redis"];
    execFileSync(`${this.#folder}/down`, ["--kill", ...names], { stdio: "inherit" });
  }

  bringBack(engine: Engine): void {
    execFileSync(`${this.#folder}/up`, [engine], { stdio: ["ignore", "ignore", "inherit"] });
  }
}
