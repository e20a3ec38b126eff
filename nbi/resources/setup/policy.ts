import type { Action } from "../../policy.ts";

/** The one write that needs no token: the setup token proves who it is. */
export const setupPolicy = { consume: { permission: "public" } } as const satisfies Record<string, Action>;
