import { defineProcedure, failed, settle } from "./procedure.ts";

/** The contact itself is what was wanted. */
export const wake = defineProcedure<"wake", null>({
  kind: "wake",
  begin: () => settle({ state: "done" }),
  onResponse: () => failed("steward.internal", "nothing was asked"),
  onFault: () => failed("steward.internal", "nothing was asked"),
  onResume: () => settle({ state: "done" }),
});
