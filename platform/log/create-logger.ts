import { destination as fileDestination, type Logger as PinoLogger, pino } from "pino";
import type { LineDestination, LogFields, Logger, LogLevel } from "./logger.ts";
import { maskFields } from "./mask.ts";
import { prettyDestination } from "./pretty.ts";

export interface LoggerOptions {
  level: LogLevel | "silent";
  format: "json" | "pretty";
  /** By default standard output, written at once so that a crash loses no line. */
  destination?: LineDestination;
}

/** The root of all loggers; lines carry `level`, `time` (ms), `name`, the fields, `msg`. Secrets are masked. */
export function createLogger({
  level,
  format,
  destination = fileDestination({ fd: 1, sync: true }),
}: LoggerOptions): Logger {
  const target = format === "pretty" ? prettyDestination(destination) : destination;
  const root = pino({ level, base: undefined, formatters: { log: maskFields } }, target);
  return wrap(root, "steward", {});
}

function wrap(root: PinoLogger, name: string, fields: LogFields): Logger {
  const own = root.child({ name, ...maskFields(fields) });
  const write = (level: LogLevel) => (first: LogFields | string, message?: string) => {
    if (typeof first === "string") own[level](first);
    else own[level](first, message);
  };
  return {
    trace: write("trace"),
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    fatal: write("fatal"),
    child: (childName, more = {}) => wrap(root, childName, { ...fields, ...more }),
    isEnabled: (level) => own.isLevelEnabled(level),
  };
}
