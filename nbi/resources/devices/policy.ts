import type { DeviceDocument } from "../../../fleet/devices/model.ts";
import type { Action } from "../../policy.ts";

export const devicePolicy = {
  list: { permission: "devices:read" },
  count: { permission: "devices:read" },
  get: { permission: "devices:read" },
  why: { permission: "devices:read" },
  create: { permission: "devices:write" },
  update: { permission: "devices:write" },
  delete: { permission: "devices:delete" },
} as const satisfies Record<string, Action>;

/** What can be done with a device, besides operations. */
export const deviceActions = {
  update: devicePolicy.update,
  delete: devicePolicy.delete,
  trace: { permission: "traces:write" },
  readParameters: { permission: "parameters:read" },
} as const satisfies Record<string, Action<DeviceDocument>>;
