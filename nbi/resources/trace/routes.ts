import { durationOf } from "../../../kernel/filter/index.ts";
import { hours, type Instant, minutes } from "../../../kernel/time.ts";
import { defined } from "../../http/defined.ts";
import { instantIn, isoOf, toIso } from "../../http/instant.ts";
import { invalid } from "../../http/problem.ts";
import { noContent, ok, route } from "../../http/route.ts";
import { DEFAULT_LIMIT, type Shape } from "../../http/schema.ts";
import type { TraceMessage } from "../../ports.ts";
import { requireDevice } from "../devices/find.ts";
import { tracePolicy } from "./policy.ts";
import { startTraceSchema, type TraceMessageBody, tracePage, traceQuery, traceStateSchema } from "./schema.ts";

const DEFAULT_SPAN = minutes(15);
const MAX_SPAN = hours(24);

const present = ({ id, at, sessionId, direction, status, text, cut }: TraceMessage): TraceMessageBody =>
  defined({ id, at: toIso(at), sessionId, direction, status, text, cut });

const stateOf = (until: Instant | undefined, now: Instant) => {
  const on = until !== undefined && until > now;
  return defined({ on, until: on ? isoOf(until) : undefined });
};

function endOf(body: Shape<typeof startTraceSchema> | undefined, now: Instant): Instant {
  if (body?.until !== undefined && body.for !== undefined) {
    throw invalid([{ pointer: "", detail: "either until or for, not both" }]);
  }
  const span = body?.for === undefined ? DEFAULT_SPAN : (durationOf(body.for) ?? 0);
  const until = instantIn(body?.until) ?? now + span;
  if (until <= now || until > now + MAX_SPAN) {
    throw invalid([
      { pointer: body?.until === undefined ? "/for" : "/until", detail: "a trace ends in the future, within 24 h" },
    ]);
  }
  return until;
}

const start = route({
  method: "PUT",
  path: "/devices/{deviceId}/trace",
  id: "traces.start",
  summary: "Record every protocol message of a device, by default for 15 minutes",
  action: tracePolicy.start,
  body: startTraceSchema,
  bodyOptional: true,
  answers: { 200: { description: "It is on", schema: traceStateSchema } },
  async handle({ params: { deviceId }, body, services, caller, now, note }) {
    const until = endOf(body, now);
    note(deviceId, { until: toIso(until) });
    await services.fleet.devices.update(deviceId, { traceUntil: until }, caller.name);
    return ok(stateOf(until, now));
  },
});

const state = route({
  method: "GET",
  path: "/devices/{deviceId}/trace",
  id: "traces.get",
  summary: "Whether a device's messages are recorded now",
  action: tracePolicy.read,
  answers: { 200: { description: "The state", schema: traceStateSchema } },
  async handle({ params, services, now }) {
    return ok(stateOf((await requireDevice(services, params.deviceId)).traceUntil, now));
  },
});

const stop = route({
  method: "DELETE",
  path: "/devices/{deviceId}/trace",
  id: "traces.stop",
  summary: "Record no more; what was recorded stays until it expires",
  action: tracePolicy.stop,
  answers: { 204: { description: "It is off" } },
  async handle({ params, services, caller }) {
    await services.fleet.devices.update(params.deviceId, { traceUntil: null }, caller.name);
    return noContent;
  },
});

const messages = route({
  method: "GET",
  path: "/devices/{deviceId}/trace/messages",
  id: "traces.messages",
  summary: "Read the recorded messages of a device, oldest first",
  action: tracePolicy.read,
  query: traceQuery,
  answers: { 200: { description: "A page of messages", schema: tracePage } },
  async handle({ params: { deviceId }, query: { limit = DEFAULT_LIMIT, cursor }, services }) {
    await requireDevice(services, deviceId);
    const { items, next } = await services.trace.read(deviceId, defined({ after: cursor, limit }));
    return ok(defined({ items: items.map(present), next }));
  },
});

const clear = route({
  method: "DELETE",
  path: "/devices/{deviceId}/trace/messages",
  id: "traces.clear",
  summary: "Forget the recorded messages of a device",
  action: tracePolicy.clear,
  answers: { 204: { description: "Forgotten" } },
  async handle({ params: { deviceId }, services }) {
    await requireDevice(services, deviceId);
    await services.trace.clear(deviceId);
    return noContent;
  },
});

export const traceRoutes = [start, state, stop, messages, clear];
