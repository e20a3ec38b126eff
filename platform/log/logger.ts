/** `debug` for who develops, `info` for what an operator asks about, `warn` for what he should look at, `error` for what broke. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof logLevels)[number];

export type LogFields = Readonly<Record<string, unknown>>;

/** One line: `(message)` or `(fields, message)`. An error goes into the field `error`. */
export interface LogMethod {
  (message: string): void;
  (fields: LogFields, message: string): void;
}

export type Logger = Readonly<Record<LogLevel, LogMethod>> & {
  /** The logger of a part, named by its full path (`acs.session`), with `fields` on each of its lines. */
  child(name: string, fields?: LogFields): Logger;
  /** Whether lines of this level are written: ask before an expensive field is made. */
  isEnabled(level: LogLevel): boolean;
};

/** Where finished lines go. */
export interface LineDestination {
  write(line: string): void;
}

const nothing: LogMethod = () => undefined;

/** For tests and for code that nobody listens to. */
export const silentLogger: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  child: () => silentLogger,
  isEnabled: () => false,
};
