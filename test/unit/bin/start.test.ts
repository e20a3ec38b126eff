import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const PATIENCE = 60_000;

describe("a process", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "steward-start-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What it prints, until it ends; its output ends only with the last process of its tree. */
  function start(command: string, args: string[], environment: Record<string, string>, until?: RegExp) {
    const child: ChildProcess = spawn(command, args, {
      cwd: root,
      env: {
        ...process.env,
        NODE_OPTIONS: "",
        STEWARD_ACS_LISTEN: "127.0.0.1:0",
        STEWARD_API_LISTEN: "127.0.0.1:0",
        STEWARD_DATA_DIR: join(folder, "data"),
        ...environment,
      },
    });
    let text = "";
    const ended = once(child, "close");
    const output = new Promise<string>((resolve) => {
      for (const stream of [child.stdout!, child.stderr!])
        stream.setEncoding("utf8").on("data", (more: string) => {
          text += more;
          if (until?.test(text)) resolve(text);
        });
      void ended.then(() => resolve(text));
    });
    return { child, output, ended: ended.then(() => text) };
  }
  const node = (environment: Record<string, string>, until?: RegExp) =>
    start(process.execPath, ["--import", "tsx", "bin/all-in-one.ts"], environment, until);

  it(
    "that npm started ends in order when npm is told to end",
    async () => {
      const { child, output, ended } = start("npm", ["start"], {}, /^API .*$/m);
      expect(await output).toMatch(/^Setup token {2}stw_\w{32} /m);
      child.kill("SIGTERM");
      expect(await ended).toContain('"msg":"stopped"');
    },
    PATIENCE,
  );

  it(
    "does not print a setup token that it was given",
    async () => {
      const token = "only-the-operator-knows-it";
      const { child, output, ended } = node({ STEWARD_SETUP_TOKEN: token }, /^API .*$/m);
      expect(await output).toContain("as STEWARD_SETUP_TOKEN gives it");
      child.kill("SIGTERM");
      expect(await ended).not.toContain(token);
    },
    PATIENCE,
  );

  it.each([
    ["is a file", () => join(folder, "file"), "it is not a folder"],
    ["lies below a file", () => join(folder, "file", "data"), "it is not a folder"],
    ["can be made by nobody", () => "/proc/steward/data", "it cannot be made"],
  ])(
    "whose data folder %s says so in one line",
    async (_why, dataDir, reason) => {
      await writeFile(join(folder, "file"), "");
      const { child, ended } = node({ STEWARD_DATA_DIR: dataDir() });
      const text = await ended;
      expect(text).toMatch(/^Steward cannot start \(configuration\.invalid\): The data folder [^\n]*\n$/);
      expect(text).toContain(reason);
      expect(text).toContain("STEWARD_DATA_DIR");
      expect(child.exitCode).toBe(1);
      expect(await readFile(join(folder, "file"), "utf8")).toBe("");
    },
    PATIENCE,
  );
});
