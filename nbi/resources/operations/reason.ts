import type { WaitingReason } from "../../../fleet/operations/model.ts";
import { defined } from "../../http/defined.ts";
import { isoOf, toIso } from "../../http/instant.ts";
import { either, instant, integer, object, record, type Shape, text } from "../../http/schema.ts";

/** Why something waits; from the function that decides whether it may start (DESIGN decision 11). */
export const reasonSchema = object(
  { code: text(), since: instant },
  {
    until: instant,
    remedy: text({ max: 1024 }),
    params: record(either(text({ max: 1024 }), integer(0, Number.MAX_SAFE_INTEGER))),
  },
  "WaitingReason",
);
export type ReasonBody = Shape<typeof reasonSchema>;

export const presentReason = ({ code, since, until, remedy, params }: WaitingReason): ReasonBody =>
  defined({ code, since: toIso(since), until: isoOf(until), remedy, params });
