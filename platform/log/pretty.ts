import type { LineDestination } from "./logger.ts";

const levelNames: Readonly<Record<number, string>> = {
  10: "TRACE",
  20: "DEBUG",
  30: "INFO ",
  40: "WARN ",
  50: "ERROR",
  60: "FATAL",
};

function show(value: unknown): string {
  const json = JSON.stringify(value);
  return typeof value === "string" && /^[\w.:/@+-]+$/.test(value) ? value : json;
}

function prettyLine(line: string): string {
  const { level, time, name, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const stack = stackOf(fields["error"]);
  const shown = Object.entries(fields).map(
    ([key, value]) => `${key}=${show(key === "error" && stack ? messageOf(value) : value)}`,
  );
  const clock = new Date(Number(time)).toISOString().slice(11, 23);
  const head = `${clock} ${levelNames[Number(level)] ?? String(level)} ${(typeof name === "string" ? name : "steward").padEnd(16)} ${show(msg).replace(/^"|"$/g, "")}`;
  return `${[head, ...shown].join("  ")}\n${stack ? `${stack}\n` : ""}`;
}

const messageOf = (error: unknown): unknown => (error as { message?: unknown }).message;

function stackOf(error: unknown): string | undefined {
  const stack = typeof error === "object" && error !== null && "stack" in error ? error.stack : undefined;
  return typeof stack === "string" ? stack.split("\n").slice(1).join("\n") : undefined;
}

/** Turns the logger's JSON lines into lines for a reader at a terminal; values stay escaped, so a line stays a line. */
export const prettyDestination = (target: LineDestination): LineDestination => ({
  write: (line) => target.write(prettyLine(line)),
});
