import {
  boolean,
  choice,
  duration,
  id,
  instant,
  integer,
  object,
  page,
  paging,
  type Shape,
  text,
} from "../../http/schema.ts";

export const startTraceSchema = object({}, { until: instant, for: duration }, "StartTrace");
export const traceStateSchema = object({ on: boolean() }, { until: instant }, "TraceState");

export const traceMessageSchema = object(
  {
    id,
    at: instant,
    sessionId: text(),
    direction: choice(["fromDevice", "toDevice"]),
    text: text({ max: 16_777_216, description: "As on the wire, secrets masked" }),
  },
  { status: integer(100, 599, "Of an answer"), cut: boolean("The text was longer than what is kept") },
  "TraceMessage",
);
export type TraceMessageBody = Shape<typeof traceMessageSchema>;
export const tracePage = page("TracePage", traceMessageSchema);
export const traceQuery = object({}, paging);
