import { StewardError } from "../../kernel/errors.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Filter } from "../../platform/store/port.ts";
import type { Actor } from "../access/actor.ts";
import type { DeviceDocument } from "../devices/model.ts";
import type { OperationQuery, Operations, Page } from "../door.ts";
import { pageOf } from "../page.ts";
import { cancelOperation } from "./cancelling.ts";
import { createOperation } from "./creating.ts";
import type { OperationDocument, WaitingReason } from "./model.ts";
import { isOpen } from "./moves.ts";
import { type OperationStore, openOperations, requireOperation, withSecrets } from "./operation-store.ts";
import { type Circumstances, reasonsToWait } from "./readiness.ts";
import { publicOperation, type StoredOperation } from "./stored.ts";

/** Operations of a device whose reasons are told. */
const TOLD = 100;

export function createOperations(store: OperationStore): Operations {
  const find = (id: string): Promise<StoredOperation | undefined> => store.operations.gathered.findByKey(id);
  return {
    async create(deviceId, request, options, by) {
      const { operation, created } = await createOperation(store, deviceId, request, options, by);
      return { operation: publicOperation(operation), created };
    },
    async get(id) {
      const found = await find(id);
      return found && publicOperation(found);
    },
    list: (query) => listOperations(store, query),
    cancel: async (id, by) => publicOperation(await cancelOperation(store, id, by)),
    retry: (id, by) => retryOperation(store, id, by),
    wait: (id, until) =>
      store.waiters.until(id, until, async () => {
        const found = await find(id);
        return { done: found === undefined || !isOpen(found.state), value: found && publicOperation(found) };
      }),
    why: (operation) => whyOperation(store, operation),
    whyOfDevice: (device) => whyDevice(store, device),
  };
}

/** Newest first. */
async function listOperations(store: OperationStore, query: OperationQuery): Promise<Page<OperationDocument>> {
  const { deviceId, states, kinds, cursor, limit } = query;
  const filter: Filter = {};
  if (deviceId !== undefined) filter["deviceId"] = deviceId;
  if (states !== undefined) filter["state"] = { $in: states };
  if (kinds !== undefined) filter["request.kind"] = { $in: kinds };
  if (cursor !== undefined) filter["_id"] = { $lt: cursor };
  const items = await store.operations.find(filter, { sort: { _id: -1 }, limit: limit + 1 }).toArray();
  return pageOf(items.map(publicOperation), limit, ({ _id }) => _id);
}

async function retryOperation(store: OperationStore, id: string, by: Actor): Promise<OperationDocument> {
  const known = await requireOperation(store, id);
  if (known.state !== "failed" && known.state !== "expired") {
    throw new StewardError("state.conflict", "only a failed or expired operation can be tried again", {
      details: { state: known.state },
    });
  }
  const { deviceId, priority, wake, maxAttempts } = known;
  const { request } = withSecrets(store, known);
  const { operation } = await createOperation(store, deviceId, request, { priority, wake, maxAttempts }, by);
  return publicOperation(operation);
}

async function circumstancesOf(
  store: OperationStore,
  device: DeviceDocument,
): Promise<Omit<Circumstances, "aheadOfIt">> {
  const wakeState = await store.wake.state(device._id);
  return {
    device,
    ...(wakeState && { wakeState }),
    queueHealthy: store.queueHealthy?.() ?? true,
    now: store.clock.now(),
    inThisSession: false,
  };
}

/** Expired ones that the sweep has not met yet wait for nothing any more. */
const stillWaits = ({ state, expiresAt }: OperationDocument, now: Instant): boolean =>
  state !== "queued" || expiresAt > now;

async function whyOperation(store: OperationStore, { _id, deviceId }: OperationDocument): Promise<WaitingReason[]> {
  const [device, open] = await Promise.all([
    store.devices.gathered.findByKey(deviceId),
    openOperations(store, deviceId),
  ]);
  const index = open.findIndex((operation) => operation._id === _id);
  if (device === undefined || index < 0) return [];
  const circumstances = await circumstancesOf(store, device);
  if (!stillWaits(open[index]!, circumstances.now)) return [];
  const aheadOfIt = open.slice(0, index).filter((operation) => stillWaits(operation, circumstances.now));
  return reasonsToWait(open[index]!, { ...circumstances, aheadOfIt });
}

/** The reasons of everything that waits for this device, each once; nothing that only waits for its turn. */
async function whyDevice(store: OperationStore, device: DeviceDocument): Promise<WaitingReason[]> {
  const found = await openOperations(store, device._id);
  if (found.length === 0) return [];
  const circumstances = await circumstancesOf(store, device);
  const open = found.filter((operation) => stillWaits(operation, circumstances.now));
  const reasons = new Map<string, WaitingReason>();
  for (const [index, operation] of open.slice(0, TOLD).entries()) {
    for (const reason of reasonsToWait(operation, { ...circumstances, aheadOfIt: open.slice(0, index) })) {
      const key = `${reason.code}/${reason.until ?? ""}`;
      if (reason.code !== "behindOperation" && !reasons.has(key)) reasons.set(key, reason);
    }
  }
  return [...reasons.values()];
}
