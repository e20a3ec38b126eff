import type { Instant } from "../../kernel/time.ts";

/** Times are absolute on the wire: ISO 8601 in UTC. */
export const toIso = (at: Instant): string => new Date(at).toISOString();
export const isoOf = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : toIso(at));

/** From text that the schema has found to be a date-time. */
export const fromIso = (text: string): Instant => Date.parse(text);
export const instantIn = (text: string | undefined): Instant | undefined =>
  text === undefined ? undefined : fromIso(text);
