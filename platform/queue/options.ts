import { StewardError } from "../../kernel/errors.ts";
import { type Duration, days, seconds } from "../../kernel/time.ts";
import type { JobOptions } from "./port.ts";

/** What both engines keep to. */
export const FAILED_RETENTION: Duration = days(30);
export const MAX_LOST_RUNS = 5;
export const DEFAULT_LEASE: Duration = seconds(30);

export type Backoff = NonNullable<JobOptions["backoff"]>;

/** Options with their defaults; `delay` 0 means at once. */
export interface JobPlan {
  key: string | undefined;
  dedupe: string | undefined;
  delay: Duration;
  priority: number;
  attempts: number;
  backoff: Backoff;
}

const DEFAULT_BACKOFF: Backoff = { kind: "exponential", delay: seconds(1), max: seconds(300) };

export function planOf(options: JobOptions = {}): JobPlan {
  const { key, dedupe, delay = 0, priority = 50, attempts = 1, backoff = DEFAULT_BACKOFF } = options;
  const wrong = (name: string, value: unknown): StewardError =>
    new StewardError("argument.invalid", `A job's ${name} cannot be ${String(value)}`);
  if (!Number.isInteger(priority) || priority < 1 || priority > 100) throw wrong("priority", priority);
  if (!Number.isInteger(attempts) || attempts < 1) throw wrong("attempts", attempts);
  if (!(delay >= 0)) throw wrong("delay", delay);
  return { key: key || undefined, dedupe: dedupe || undefined, delay: Math.ceil(delay), priority, attempts, backoff };
}

/** How long to wait after the run that was the `failures`th to fail. */
export function backoffDelay({ kind, delay, max = Number.MAX_SAFE_INTEGER }: Backoff, failures: number): Duration {
  return Math.min(max, kind === "fixed" ? delay : delay * 2 ** (failures - 1));
}

/** For the failed list: never the stack. */
export const errorText = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 1000);

export function checkQueueName(name: string): void {
  if (!/^[\w.-]{1,64}$/.test(name)) throw new StewardError("internal", `"${name}" is not a queue's name`);
}
