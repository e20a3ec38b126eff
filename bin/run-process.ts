import { Command } from "commander";
import { asStewardError } from "../kernel/errors.ts";
import { loadConfig } from "../platform/config/load.ts";
import type { ProcessName } from "../platform/config/setting.ts";
import { runServices } from "../platform/lifecycle.ts";
import { type Foundation, layFoundation, readVersion } from "./foundation.ts";
import { reloadOnHangup } from "./hangup.ts";
import type { Part } from "./part.ts";
import { probesPart } from "./probes-part.ts";

export type PartMaker = (foundation: Foundation) => Part;

/**
 * One process from its configuration to its end: prints where it listens, ends with 1 and one clear message when it
 * cannot start. Resolves when everything runs.
 */
export async function runProcess(process: ProcessName, makers: readonly PartMaker[]): Promise<void> {
  const { config: file } = new Command(`steward-${process}`)
    .version(readVersion())
    .option("--config <file>", "JSON file with settings; the environment (STEWARD_…) overrides it")
    .parse()
    .opts<{ config?: string }>();
  try {
    await start(process, makers, file);
  } catch (error) {
    tellWhy(error);
    globalThis.process.exitCode = 1;
  }
}

let isTold = false;

/** Once: a service that failed to start has ended the process before anybody else hears of it. */
function tellWhy(error: unknown): void {
  if (isTold) return;
  isTold = true;
  const { code, message } = asStewardError(error);
  console.error(`Steward cannot start (${code}): ${message}`);
}

async function start(name: ProcessName, makers: readonly PartMaker[], file: string | undefined): Promise<void> {
  const config = loadConfig({ process: name, environment: process.env, ...(file === undefined ? {} : { file }) });
  const foundation = await layFoundation(config);
  const parts = [...makers, probesPart].map((make) => make(foundation));
  const { log, health } = foundation;
  const services = [...foundation.services, ...parts.flatMap((part) => part.services)];
  await runServices(services, { log, health, drainDeadline: config.drainDeadline, startFailed: tellWhy });
  reloadOnHangup(parts, log);
  const notes = await Promise.all(parts.map((part) => part.notes?.() ?? Promise.resolve([])));
  const endpoints = parts.flatMap((part) => part.endpoints?.() ?? []);
  const lines = [...notes.flat(), ...endpoints.map(([what, url]) => `${what.padEnd(11)}  ${url}`)];
  console.log(
    [
      `Steward ${foundation.version} (${name}), data in ${config.dataDir}, store ${foundation.store.engine}, queue ${foundation.queue.engine}`,
      ...lines,
    ].join("\n"),
  );
}
