import type { DeviceDocument, OnlineState } from "../../../fleet/devices/model.ts";
import type { WaitingReason } from "../../../fleet/operations/model.ts";
import type { Instant } from "../../../kernel/time.ts";
import { defined } from "../../http/defined.ts";
import { isoOf, toIso } from "../../http/instant.ts";
import { canOf, type Policy } from "../../policy.ts";
import { kindPolicy } from "../operations/policy.ts";
import { presentReason } from "../operations/reason.ts";
import { deviceActions } from "./policy.ts";
import type { DeviceBody } from "./schema.ts";

/** `update`, `delete`, … of the device itself, and `operations.reboot`, … of what it can be asked for. */
const actions: Policy<DeviceDocument> = {
  ...deviceActions,
  ...Object.fromEntries(Object.entries(kindPolicy).map(([kind, action]) => [`operations.${kind}`, action])),
};

export interface DeviceView {
  grants: readonly string[];
  now: Instant;
  online: OnlineState;
  why?: readonly WaitingReason[];
}

const presentContact = ({
  firstAt,
  lastAt,
  nextExpectedAt,
  remoteAddress,
  reasons,
  count,
}: NonNullable<DeviceDocument["contact"]>) =>
  defined({
    firstAt: toIso(firstAt),
    lastAt: toIso(lastAt),
    nextExpectedAt: isoOf(nextExpectedAt),
    remoteAddress,
    reasons: [...reasons],
    count,
  });

export function presentDevice(device: DeviceDocument, { grants, now, online, why }: DeviceView): DeviceBody {
  const { informInterval, contact, lease } = device;
  const { oui, productClass, serialNumber, manufacturer } = device.identity;
  return defined({
    id: device._id,
    identity: defined({ oui, productClass, serialNumber, manufacturer }),
    endpoints: device.endpoints.map(({ key, protocol }) => ({ key, protocol })),
    admission: device.admission,
    online,
    inSession: lease !== undefined && lease.until > now,
    alias: device.alias,
    tags: device.tags,
    parentId: device.parentId,
    groupIds: device.groupIds ?? [],
    hardwareVersion: device.hardwareVersion,
    softwareVersion: device.softwareVersion,
    modelName: device.modelName,
    provisioningCode: device.provisioningCode,
    dataModels: device.dataModels,
    validation: device.validation,
    contact: contact === undefined ? undefined : presentContact(contact),
    informIntervalSeconds: typeof informInterval === "number" ? Math.round(informInterval / 1000) : undefined,
    traceUntil: isoOf(device.traceUntil),
    holdUntil: isoOf(device.holdUntil),
    createdAt: toIso(device.createdAt),
    version: device.version,
    why: why?.map(presentReason),
    can: canOf(actions, device, grants, now),
  });
}
