import type { ValueTyping } from "../../datamodels/typing.ts";
import { isDuplicateKey, StewardError } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Actor } from "../access/actor.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { Examination, OperationOptions } from "../door.ts";
import { isSecretName } from "../parameters/secret-names.ts";
import { createdEvent } from "./finishing.ts";
import { idempotencyIdOf } from "./idempotency.ts";
import { operationKinds } from "./kinds.ts";
import type { OperationRequest } from "./model.ts";
import { type OperationStore, openOperations, sealSecrets } from "./operation-store.ts";
import { blankSecrets } from "./request-secrets.ts";
import type { StoredOperation } from "./stored.ts";
import { contactWantedFrom, requestWake } from "./waking.ts";

export const operationLimits = {
  openPerDevice: 1000,
  defaultPriority: 50,
  defaultAttempts: 3,
  maxAttempts: 100,
  /** Kept with the operation. */
  warnings: 100,
} as const;

export interface Created {
  operation: StoredOperation;
  created: boolean;
}

/** See `Operations.create`. */
export async function createOperation(
  store: OperationStore,
  deviceId: string,
  request: OperationRequest,
  options: OperationOptions,
  by: Actor,
): Promise<Created> {
  const now = store.clock.now();
  requireOptions(options, now);
  const earlier = await findByIdempotency(store, deviceId, request, options, by);
  if (earlier !== undefined) return { operation: earlier, created: false };
  const device = await store.devices.gathered.findByKey(deviceId);
  requireFound(device, deviceId);
  await requireRoom(store, deviceId);
  const examination = await examine(store, device, request);
  const operation = documentOf(store, { device, request, options, by, now, examination });
  const shared = await insert(store, operation, request, options, by);
  if (shared !== undefined) return { operation: await adopt(store, shared, device, options), created: false };
  await requireStillThere(store, operation);
  store.meters.created.add({ kind: request.kind });
  await store.events.write([createdEvent(store, operation)]);
  if (operation.wakeAt !== undefined && operation.wakeAt <= now) await requestWake(store, operation);
  return { operation, created: true };
}

function requireOptions(
  { priority, notBefore, expiresAt, maxAttempts, idempotencyKey }: OperationOptions,
  now: Instant,
): void {
  const refuse = (field: string, rule: string): never => {
    throw new StewardError("argument.invalid", `${field} ${rule}`, { details: { field } });
  };
  const within = (n: number, low: number, high: number): boolean => Number.isInteger(n) && n >= low && n <= high;
  if (priority !== undefined && !within(priority, 1, 100)) refuse("priority", "is an integer from 1 to 100");
  if (maxAttempts !== undefined && !within(maxAttempts, 1, operationLimits.maxAttempts)) {
    refuse("maxAttempts", `is an integer from 1 to ${operationLimits.maxAttempts}`);
  }
  if (expiresAt !== undefined && expiresAt <= now) refuse("expiresAt", "lies in the future");
  if (expiresAt !== undefined && (notBefore ?? 0) >= expiresAt) refuse("notBefore", "lies before expiresAt");
  if (idempotencyKey !== undefined && !within(idempotencyKey.length, 1, 255))
    refuse("idempotencyKey", "has 1 to 255 characters");
}

const notFound = (deviceId: string): StewardError =>
  new StewardError("resource.notFound", "there is no such device", { details: { deviceId } });

function requireFound(device: StoredDevice | undefined, deviceId: string): asserts device is StoredDevice {
  if (device === undefined) throw notFound(deviceId);
  if (device.admission === "rejected")
    throw new StewardError("state.conflict", "the device is rejected", { details: { deviceId } });
}

/** A device that was deleted meanwhile leaves nothing: who deletes it looks for its operations once more afterwards. */
async function requireStillThere(store: OperationStore, { _id, deviceId }: StoredOperation): Promise<void> {
  if ((await store.devices.gathered.findByKey(deviceId)) !== undefined) return;
  await store.operations.gathered.deleteById(_id);
  throw notFound(deviceId);
}

async function requireRoom(store: OperationStore, deviceId: string): Promise<void> {
  const open = await store.operations.countDocuments({ openFor: deviceId }, { limit: operationLimits.openPerDevice });
  if (open >= operationLimits.openPerDevice) {
    throw new StewardError("state.conflict", `the device has ${open} open operations already`, {
      details: { deviceId },
    });
  }
}

const UNEXAMINED: Examination = { findings: [] };

async function examine(store: OperationStore, device: StoredDevice, request: OperationRequest): Promise<Examination> {
  if (!operationKinds[request.kind].validated || store.validation === undefined) return UNEXAMINED;
  const examination = await store.validation.examine(device, request);
  const { findings } = examination;
  if (findings.some(({ severity }) => severity === "error")) {
    throw new StewardError("validation.failed", "the device's data model refuses the request", {
      details: { findings },
    });
  }
  return examination;
}

const digest = ({ secrets }: OperationStore, text: string): string =>
  secrets.mac("fleet.operation", text).toString("base64url");

/** Covers the secrets too, under a key: they cannot be guessed from it. */
const fingerprintOf = (
  store: OperationStore,
  deviceId: string,
  request: OperationRequest,
  options: OperationOptions,
): string => {
  const { priority, notBefore, expiresAt, wake, maxAttempts } = options;
  return digest(store, JSON.stringify([deviceId, request, priority, notBefore, expiresAt, wake, maxAttempts]));
};

async function findByIdempotency(
  store: OperationStore,
  deviceId: string,
  request: OperationRequest,
  options: OperationOptions,
  by: Actor,
): Promise<StoredOperation | undefined> {
  if (options.idempotencyKey === undefined) return undefined;
  const idempotencyId = idempotencyIdOf(options.idempotencyKey, by);
  const earlier = await store.operations.findOne({ idempotencyId });
  if (earlier !== undefined && earlier.fingerprint !== fingerprintOf(store, deviceId, request, options)) {
    throw new StewardError("idempotency.conflict", "the idempotency key was used for a different request", {
      details: { operationId: earlier._id },
    });
  }
  return earlier;
}

interface NewOperation {
  device: StoredDevice;
  request: OperationRequest;
  options: OperationOptions;
  by: Actor;
  now: Instant;
  examination: Examination;
}

/** The request's values that the data model hides. */
function hiddenPaths(request: OperationRequest, typing: readonly ValueTyping[]): ReadonlySet<string> {
  const values = request.kind === "write" || request.kind === "create" ? (request.values ?? []) : [];
  return new Set(values.filter((_, index) => typing[index]?.opaque === "secret").map(({ path }) => path));
}

function documentOf(
  store: OperationStore,
  { device, request, options, by, now, examination }: NewOperation,
): StoredOperation {
  const _id = newId(now);
  const { typing = [], findings } = examination;
  const hidden = hiddenPaths(request, typing);
  const { request: shown, secrets } = blankSecrets(request, (path) => isSecretName(path) || hidden.has(path));
  const { notBefore, idempotencyKey, wake = "now", priority = operationLimits.defaultPriority } = options;
  const wakeAt = wake === "now" ? contactWantedFrom(device, now, notBefore) : undefined;
  return {
    _id,
    deviceId: device._id,
    openFor: device._id,
    request: shown,
    ...(typing.length > 0 && { typing }),
    ...(findings.length > 0 && { warnings: findings.slice(0, operationLimits.warnings) }),
    ...(secrets && { sealed: sealSecrets(store, _id, secrets) }),
    state: "queued",
    priority,
    createdAt: now,
    createdBy: by.name,
    ...(by.tokenId !== undefined && { createdByToken: by.tokenId }),
    ...(notBefore !== undefined && { notBefore }),
    expiresAt: options.expiresAt ?? Math.max(now, notBefore ?? 0) + store.policy.operationLifetime,
    wake,
    ...(wakeAt !== undefined && { wakeAt }),
    ...(idempotencyKey !== undefined && {
      idempotencyKey,
      idempotencyId: idempotencyIdOf(idempotencyKey, by),
      fingerprint: fingerprintOf(store, device._id, request, options),
    }),
    ...(isShared(request, options) && { dedupeKey: digest(store, JSON.stringify([device._id, request, priority])) }),
    correlator: _id,
    attempt: 0,
    maxAttempts: options.maxAttempts ?? operationLimits.defaultAttempts,
    history: [{ at: now, state: "queued" }],
  };
}

/** Two callers may share an operation only when neither asked for anything special. */
const isShared = ({ kind }: OperationRequest, { notBefore, expiresAt, idempotencyKey }: OperationOptions): boolean =>
  operationKinds[kind].shared === true &&
  notBefore === undefined &&
  expiresAt === undefined &&
  idempotencyKey === undefined;

/** Resolves to the operation that made this one redundant, or to `undefined` when it is stored. */
async function insert(
  store: OperationStore,
  operation: StoredOperation,
  request: OperationRequest,
  options: OperationOptions,
  by: Actor,
): Promise<StoredOperation | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      await store.operations.gathered.insertOne(operation);
      return undefined;
    } catch (error) {
      if (!isDuplicateKey(error) || attempt === 3) throw error;
      const { deviceId, dedupeKey } = operation;
      const first =
        (await findByIdempotency(store, deviceId, request, options, by)) ??
        (await findShared(store, deviceId, dedupeKey));
      if (first !== undefined) return first;
    }
  }
}

/**
 * The equal operation that still waits. One after which the device is to be changed shows what was before: it is shared
 * no longer, and whoever asks again after the change gets an operation of their own.
 */
async function findShared(
  store: OperationStore,
  deviceId: string,
  dedupeKey: string | undefined,
): Promise<StoredOperation | undefined> {
  const first = dedupeKey === undefined ? undefined : await store.operations.findOne({ dedupeKey });
  if (first === undefined) return undefined;
  const isOvertaken = (await openOperations(store, deviceId)).some(
    ({ _id, priority, request }) =>
      _id > first._id && priority === first.priority && operationKinds[request.kind].looks !== true,
  );
  if (!isOvertaken) return first;
  await store.operations.gathered.updateById(first._id, { $unset: { dedupeKey: true } }, { dedupeKey });
  return undefined;
}

/** A caller that wants the device woken gets that also from an operation that would have waited. */
async function adopt(
  store: OperationStore,
  shared: StoredOperation,
  device: StoredDevice,
  { wake = "now" }: OperationOptions,
): Promise<StoredOperation> {
  if (wake !== "now" || shared.state !== "queued" || shared.dedupeKey === undefined) return shared;
  const now = store.clock.now();
  const wakeAt = contactWantedFrom(device, now);
  const $set = wakeAt === undefined ? { wake } : { wake, wakeAt };
  if (!(await store.operations.gathered.updateById(shared._id, { $set }, { state: "queued" }))) return shared;
  if (wakeAt !== undefined && wakeAt <= now) await requestWake(store, { ...shared, wakeAt });
  return { ...shared, wake };
}
