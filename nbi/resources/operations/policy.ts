import type { DeviceDocument } from "../../../fleet/devices/model.ts";
import { type OperationDocument, type OperationKind, openStates } from "../../../fleet/operations/model.ts";
import type { Permission } from "../../permissions.ts";
import type { Action } from "../../policy.ts";

const onDevice = (also?: Permission): Action<DeviceDocument> => ({
  permission: "operations:write",
  ...(also === undefined ? {} : { also }),
  refusal: ({ admission }) => (admission === "rejected" ? "the device is rejected: admit it first" : undefined),
});
const ordinary = onDevice();

/** Who may make which kind of operation. */
export const kindPolicy = {
  read: ordinary,
  write: ordinary,
  create: ordinary,
  delete: ordinary,
  discover: ordinary,
  setAttributes: ordinary,
  readAttributes: ordinary,
  reboot: ordinary,
  factoryReset: onDevice("operations:reset"),
  scheduleContact: ordinary,
  download: ordinary,
  upload: ordinary,
  cancelTransfer: ordinary,
  listTransfers: ordinary,
  software: ordinary,
  capabilities: ordinary,
  raw: onDevice("operations:raw"),
  wake: ordinary,
} as const satisfies Record<OperationKind, Action<DeviceDocument>>;

const retryRefusal = ({ state }: OperationDocument): string | undefined =>
  state === "failed" || state === "expired" ? undefined : `the operation is ${state}, not failed or expired`;

function cancelRefusal({ state, cancelRequested }: OperationDocument): string | undefined {
  if (!openStates.includes(state)) return `the operation is ${state}`;
  return cancelRequested === true ? "cancellation was asked for already" : undefined;
}

/** What can be done with this operation; trying it again needs what its kind needs. */
export const operationActions = ({ request }: OperationDocument) => {
  const { also } = kindPolicy[request.kind];
  return {
    cancel: { permission: "operations:write", refusal: cancelRefusal },
    retry: { permission: "operations:write", ...(also === undefined ? {} : { also }), refusal: retryRefusal },
  } as const satisfies Record<string, Action<OperationDocument>>;
};

export const operationPolicy = {
  list: { permission: "operations:read" },
  get: { permission: "operations:read" },
  why: { permission: "operations:read" },
  /** The kind may need more, see `kindPolicy`. */
  create: { permission: "operations:write" },
  /** The operation's own action decides, see `operationActions`. */
  cancel: { permission: "operations:write" },
  retry: { permission: "operations:write" },
} as const satisfies Record<string, Action<never>>;
