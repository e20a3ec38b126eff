import type { Logger } from "../platform/log/logger.ts";
import type { Part } from "./part.ts";

/**
 * SIGHUP: the TLS files are read again, as after a renewal; files that are no good change nothing. Without TLS the signal
 * keeps its meaning, the terminal is gone.
 */
export function reloadOnHangup(
  parts: readonly Pick<Part, "reloadTls">[],
  log: Logger,
  process: Pick<NodeJS.Process, "on"> = globalThis.process,
): void {
  const reloads = parts.flatMap(({ reloadTls }) => reloadTls ?? []);
  if (reloads.length === 0) return;
  const failed = (error: unknown): void => log.error({ error }, "TLS files not read again, the old ones stay in use");
  process.on("SIGHUP", () => {
    for (const reload of reloads) reload().catch(failed);
  });
}
