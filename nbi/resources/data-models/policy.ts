import type { ModelInfo } from "../../../fleet/models/index.ts";
import type { Action } from "../../policy.ts";

export const modelPolicy = {
  list: { permission: "models:read" },
  get: { permission: "models:read" },
  import: { permission: "models:write" },
  delete: {
    permission: "models:write",
    refusal: ({ source }: ModelInfo) =>
      source === "shipped" ? "a model that comes with Steward cannot be removed" : undefined,
  },
  validate: { permission: "models:read" },
  validateForDevice: { permission: "models:read", also: "devices:read" },
  followed: { permission: "devices:read" },
  setMode: { permission: "models:write" },
} as const satisfies Record<string, Action<ModelInfo>>;

export const modelActions = { delete: modelPolicy.delete } as const satisfies Record<string, Action<ModelInfo>>;
