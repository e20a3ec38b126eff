import type { DeviceDocument } from "../../../fleet/devices/model.ts";
import { onlineState } from "../../../fleet/devices/online.ts";
import type { DevicePatch, NewDevice } from "../../../fleet/door.ts";
import type { WaitingReason } from "../../../fleet/operations/model.ts";
import { StewardError } from "../../../kernel/errors.ts";
import { defined } from "../../http/defined.ts";
import { fromIso } from "../../http/instant.ts";
import { type Caller, noContent, ok, type Reply, route } from "../../http/route.ts";
import { DEFAULT_LIMIT } from "../../http/schema.ts";
import { canOf } from "../../policy.ts";
import { presentReason } from "../operations/reason.ts";
import { requireDevice } from "./find.ts";
import { devicePolicy } from "./policy.ts";
import { presentDevice } from "./presenter.ts";
import {
  countQuery,
  countSchema,
  type DevicePatchBody,
  devicePage,
  devicePatchSchema,
  deviceQuery,
  deviceSchema,
  type NewDeviceBody,
  newDeviceSchema,
  whySchema,
} from "./schema.ts";

/** Up to here a count is exact. */
const MAX_COUNT = 10_000;

interface View {
  caller: Caller;
  now: number;
  why?: readonly WaitingReason[];
}

const bodyOf = (device: DeviceDocument, { caller, now, why }: View) =>
  presentDevice(device, { grants: caller.permissions, now, online: onlineState(device, now), ...(why && { why }) });

const oneDevice = (device: DeviceDocument, view: View, status = 200): Reply => ({
  status,
  body: bodyOf(device, view),
  headers: { ETag: `"${device.version}"`, ...(status === 201 && { Location: `/api/v1/devices/${device._id}` }) },
});

const list = route({
  method: "GET",
  path: "/devices",
  id: "devices.list",
  summary: "List the devices that match a filter",
  action: devicePolicy.list,
  query: deviceQuery,
  answers: { 200: { description: "A page of devices", schema: devicePage } },
  async handle({ query: { filter, cursor, limit = DEFAULT_LIMIT, sort }, services, caller, now }) {
    const { items, next } = await services.fleet.devices.list({ limit, ...defined({ filter, cursor, sort }) });
    const can = canOf({ create: devicePolicy.create }, undefined, caller.permissions, now);
    return ok(defined({ items: items.map((device) => bodyOf(device, { caller, now })), next, can }));
  },
});

const count = route({
  method: "GET",
  path: "/devices/count",
  id: "devices.count",
  summary: "Count the devices that match a filter, exactly up to 10,000",
  action: devicePolicy.count,
  query: countQuery,
  answers: { 200: { description: "The count", schema: countSchema } },
  async handle({ query, services }) {
    const found = await services.fleet.devices.count(query.filter, MAX_COUNT + 1);
    return ok({ count: Math.min(found, MAX_COUNT), exact: found <= MAX_COUNT });
  },
});

const newDevice = ({ identity, protocol = "cwmp", ...rest }: NewDeviceBody): NewDevice => ({
  identity: { ...identity, oui: identity.oui.toUpperCase() },
  protocol,
  ...rest,
});

const create = route({
  method: "POST",
  path: "/devices",
  id: "devices.create",
  summary: "Pre-provision a device; it binds to this record at its first contact",
  action: devicePolicy.create,
  body: newDeviceSchema,
  answers: { 201: { description: "The device", schema: deviceSchema } },
  async handle({ body, services, caller, now, note }) {
    if (body.parentId !== undefined) await requireDevice(services, body.parentId);
    const device = await services.fleet.devices.create(newDevice(body), caller.name);
    note(device._id);
    return oneDevice(device, { caller, now }, 201);
  },
});

const get = route({
  method: "GET",
  path: "/devices/{deviceId}",
  id: "devices.get",
  summary: "See a device, why its work waits and what can be done with it",
  action: devicePolicy.get,
  answers: { 200: { description: "The device", schema: deviceSchema } },
  async handle({ params, services, caller, now }) {
    const device = await requireDevice(services, params.deviceId);
    const why = await services.fleet.operations.whyOfDevice(device);
    return oneDevice(device, { caller, now, why });
  },
});

function patchOf({ informIntervalSeconds, holdUntil, ...rest }: DevicePatchBody) {
  const patch: { [K in keyof DevicePatch]: DevicePatch[K] | null } = { ...rest };
  if (informIntervalSeconds !== undefined) {
    patch.informInterval = informIntervalSeconds === null ? null : informIntervalSeconds * 1000;
  }
  if (holdUntil !== undefined) patch.holdUntil = holdUntil === null ? null : fromIso(holdUntil);
  return patch;
}

const update = route({
  method: "PATCH",
  path: "/devices/{deviceId}",
  id: "devices.update",
  summary: "Change what an operator decides about a device; null removes a field",
  action: devicePolicy.update,
  body: devicePatchSchema,
  headers: ["If-Match"],
  answers: { 200: { description: "The device", schema: deviceSchema } },
  async handle({ params: { deviceId }, body, services, caller, now, ifVersion, note }) {
    note(deviceId, { patch: body });
    if (body.parentId === deviceId) throw new StewardError("state.conflict", "a device cannot be its own parent");
    if (typeof body.parentId === "string") await requireDevice(services, body.parentId);
    const device = await services.fleet.devices.update(deviceId, patchOf(body), caller.name, ifVersion);
    return oneDevice(device, { caller, now });
  },
});

const remove = route({
  method: "DELETE",
  path: "/devices/{deviceId}",
  id: "devices.delete",
  summary: "Delete a device and everything that belongs to it",
  action: devicePolicy.delete,
  headers: ["If-Match"],
  answers: { 204: { description: "Deleted" } },
  async handle({ params: { deviceId }, services, caller, ifVersion }) {
    const device = await requireDevice(services, deviceId);
    if (ifVersion !== undefined && ifVersion !== device.version) {
      throw new StewardError("precondition.failed", `the device has version ${device.version}`);
    }
    await services.trace.clear(deviceId);
    await services.fleet.devices.remove(deviceId, caller.name);
    return noContent;
  },
});

const why = route({
  method: "GET",
  path: "/devices/{deviceId}/why",
  id: "devices.why",
  summary: "Why the device's work waits; empty when nothing holds it",
  action: devicePolicy.why,
  answers: { 200: { description: "The reasons", schema: whySchema } },
  async handle({ params, services }) {
    const reasons = await services.fleet.operations.whyOfDevice(await requireDevice(services, params.deviceId));
    return ok({ reasons: reasons.map(presentReason) });
  },
});

export const deviceRoutes = [list, count, create, get, update, remove, why];
