import type { EventQuery } from "../../../fleet/door.ts";
import type { EventType } from "../../../fleet/events/model.ts";
import { defined } from "../../http/defined.ts";
import { ok, route } from "../../http/route.ts";
import { DEFAULT_LIMIT, type Shape } from "../../http/schema.ts";
import type { NbiServices } from "../../ports.ts";
import { requireDevice } from "../devices/find.ts";
import { eventPolicy } from "./policy.ts";
import { presentEvent } from "./presenter.ts";
import { deviceEventQuery, eventPage, eventQuery } from "./schema.ts";

/** The cursor is the id of the last event of the page before; it narrows the range in the direction of the order. */
function queryOf({
  type,
  cursor,
  after,
  before,
  order,
  deviceId,
  limit = DEFAULT_LIMIT,
}: Shape<typeof eventQuery>): EventQuery {
  const direction = order ?? (after === undefined ? "newestFirst" : "oldestFirst");
  const isForward = direction === "oldestFirst";
  return {
    limit,
    order: direction,
    ...defined({
      // A type that nobody writes matches nothing.
      types: type as EventType[] | undefined,
      deviceId,
      after: isForward ? (cursor ?? after) : after,
      before: isForward ? before : (cursor ?? before),
    }),
  };
}

async function page(query: EventQuery, { fleet }: NbiServices) {
  const { items, next } = await fleet.events.list(query);
  return defined({ items: items.map(presentEvent), next });
}

const list = route({
  method: "GET",
  path: "/events",
  id: "events.list",
  summary: "Read the event log; ids are in the order of the log, so that after= reads on from one",
  action: eventPolicy.list,
  query: eventQuery,
  answers: { 200: { description: "A page of events", schema: eventPage } },
  async handle({ query, services }) {
    return ok(await page(queryOf(query), services));
  },
});

const listOfDevice = route({
  method: "GET",
  path: "/devices/{deviceId}/events",
  id: "events.listOfDevice",
  summary: "Read the events of a device",
  action: eventPolicy.list,
  query: deviceEventQuery,
  answers: { 200: { description: "A page of events", schema: eventPage } },
  async handle({ params: { deviceId }, query, services }) {
    await requireDevice(services, deviceId);
    return ok(await page(queryOf({ ...query, deviceId }), services));
  },
});

export const eventRoutes = [list, listOfDevice];
