import type { OperationQuery } from "../../../fleet/door.ts";
import { type OperationDocument, openStates } from "../../../fleet/operations/model.ts";
import { StewardError } from "../../../kernel/errors.ts";
import { durationOf } from "../../../kernel/filter/index.ts";
import { defined } from "../../http/defined.ts";
import { type Caller, type Exchange, ok, type Reply, route } from "../../http/route.ts";
import { DEFAULT_LIMIT, type Shape } from "../../http/schema.ts";
import { requirePermission, requireState } from "../../policy.ts";
import type { NbiServices } from "../../ports.ts";
import { requireDevice } from "../devices/find.ts";
import { whySchema } from "../devices/schema.ts";
import { kindPolicy, operationActions, operationPolicy } from "./policy.ts";
import { presentOperation } from "./presenter.ts";
import { presentReason } from "./reason.ts";
import { toOptions, toRequest } from "./request.ts";
import {
  deviceOperationQuery,
  type NewOperationBody,
  newOperationSchema,
  operationPage,
  operationQuery,
  operationSchema,
  waitQuery,
} from "./schema.ts";

type AnyExchange = Pick<Exchange<unknown, unknown, unknown>, "services" | "caller" | "now" | "waiting">;

async function requireOperation({ fleet }: NbiServices, id: string): Promise<OperationDocument> {
  const operation = await fleet.operations.get(id);
  if (operation === undefined) throw new StewardError("resource.notFound", "there is no such operation");
  return operation;
}

const isOpen = ({ state }: OperationDocument): boolean => openStates.includes(state);
const locationOf = ({ _id }: OperationDocument): string => `/api/v1/operations/${_id}`;

/** The operation with its reasons; `202` while it is open, `200` once it is finished. */
async function accepted(operation: OperationDocument, { services, caller, now }: AnyExchange): Promise<Reply> {
  const why = isOpen(operation) ? await services.fleet.operations.why(operation) : [];
  return {
    status: isOpen(operation) ? 202 : 200,
    body: presentOperation(operation, { grants: caller.permissions, now, why }),
    headers: { Location: locationOf(operation) },
  };
}

/** The operation as it is when finished or when the wait ends. */
async function settled(
  operation: OperationDocument,
  wait: string | undefined,
  exchange: AnyExchange,
): Promise<OperationDocument> {
  if (wait === undefined || !isOpen(operation)) return operation;
  const { services, waiting } = exchange;
  const longest = Math.min(durationOf(wait) ?? 0, services.limits.maxWait);
  const outcome = await waiting.for(longest, services.clock.now(), (until) =>
    services.fleet.operations.wait(operation._id, until),
  );
  return outcome ?? (await requireOperation(services, operation._id));
}

const create = route({
  method: "POST",
  path: "/devices/{deviceId}/operations",
  id: "operations.create",
  summary: "Ask something of a device; durable once answered, carried out when the device is in contact",
  action: operationPolicy.create,
  query: waitQuery,
  body: newOperationSchema,
  headers: ["Idempotency-Key"],
  answers: {
    200: { description: "It was finished within the wait", schema: operationSchema },
    202: { description: "It is stored; follow Location", schema: operationSchema },
  },
  async handle({ params: { deviceId }, query, body, idempotencyKey, note, ...exchange }) {
    const { services, caller, now } = exchange;
    const action = kindPolicy[body.kind];
    note(deviceId, { kind: body.kind });
    requirePermission(action, caller.permissions);
    const request = toRequest(body);
    const options = toOptions(body, idempotencyKey, now);
    requireState(action, await requireDevice(services, deviceId), now);
    await requireFile(services, body);
    const { operation, created } = await services.fleet.operations.create(deviceId, request, options, caller);
    note(deviceId, { kind: body.kind, operationId: operation._id, created });
    return accepted(await settled(operation, query.wait, exchange), exchange);
  },
});

async function requireFile({ files }: NbiServices, body: NewOperationBody): Promise<void> {
  if (body.kind !== "download" || body.fileId === undefined) return;
  if ((await files.get(body.fileId)) === undefined)
    throw new StewardError("resource.notFound", "there is no such file");
}

type ListQuery = Shape<typeof operationQuery>;

async function page(
  { state, kind, cursor, deviceId, limit = DEFAULT_LIMIT }: ListQuery,
  services: NbiServices,
  caller: Caller,
  now: number,
) {
  const query: OperationQuery = { limit, ...defined({ states: state, kinds: kind, cursor, deviceId }) };
  const { items, next } = await services.fleet.operations.list(query);
  return defined({
    items: items.map((operation) => presentOperation(operation, { grants: caller.permissions, now })),
    next,
  });
}

const listOfDevice = route({
  method: "GET",
  path: "/devices/{deviceId}/operations",
  id: "operations.listOfDevice",
  summary: "List the operations of a device",
  action: operationPolicy.list,
  query: deviceOperationQuery,
  answers: { 200: { description: "A page of operations", schema: operationPage } },
  async handle({ params: { deviceId }, query, services, caller, now }) {
    await requireDevice(services, deviceId);
    return ok(await page({ ...query, deviceId }, services, caller, now));
  },
});

const list = route({
  method: "GET",
  path: "/operations",
  id: "operations.list",
  summary: "List operations of all devices by state and kind",
  action: operationPolicy.list,
  query: operationQuery,
  answers: { 200: { description: "A page of operations", schema: operationPage } },
  async handle({ query, services, caller, now }) {
    return ok(await page(query, services, caller, now));
  },
});

const get = route({
  method: "GET",
  path: "/operations/{operationId}",
  id: "operations.get",
  summary: "Follow an operation; with wait, until it is finished",
  action: operationPolicy.get,
  query: waitQuery,
  answers: { 200: { description: "The operation", schema: operationSchema } },
  async handle({ params, query, ...exchange }) {
    const operation = await requireOperation(exchange.services, params.operationId);
    return { ...(await accepted(await settled(operation, query.wait, exchange), exchange)), status: 200 };
  },
});

const why = route({
  method: "GET",
  path: "/operations/{operationId}/why",
  id: "operations.why",
  summary: "Why the operation waits; empty when nothing holds it",
  action: operationPolicy.why,
  answers: { 200: { description: "The reasons", schema: whySchema } },
  async handle({ params, services }) {
    const reasons = await services.fleet.operations.why(await requireOperation(services, params.operationId));
    return ok({ reasons: reasons.map(presentReason) });
  },
});

const cancel = route({
  method: "POST",
  path: "/operations/{operationId}/cancel",
  id: "operations.cancel",
  summary: "Cancel an operation: at once while it is queued, asked of the device once it is there (cancelRequested)",
  action: operationPolicy.cancel,
  answers: {
    200: { description: "It is cancelled", schema: operationSchema },
    202: { description: "Cancellation was asked for", schema: operationSchema },
  },
  async handle({ params, ...exchange }) {
    const { services, caller, now } = exchange;
    const operation = await requireOperation(services, params.operationId);
    requireState(operationActions(operation).cancel, operation, now);
    return accepted(await services.fleet.operations.cancel(params.operationId, caller), exchange);
  },
});

const retry = route({
  method: "POST",
  path: "/operations/{operationId}/retry",
  id: "operations.retry",
  summary: "Ask the same again as a new operation, after a failure or an expiry",
  action: operationPolicy.retry,
  answers: { 202: { description: "The new operation", schema: operationSchema } },
  async handle({ params, ...exchange }) {
    const { services, caller, now } = exchange;
    const operation = await requireOperation(services, params.operationId);
    const action = operationActions(operation).retry;
    requirePermission(action, caller.permissions);
    requireState(action, operation, now);
    return {
      ...(await accepted(await services.fleet.operations.retry(params.operationId, caller), exchange)),
      status: 202,
    };
  },
});

export const operationRoutes = [create, listOfDevice, list, get, why, cancel, retry];
