import { defineRpc } from "../define.ts";
import { optional, repeated } from "../fields.ts";
import { commandKey, opResult } from "../structs.ts";

export const DUStateChangeComplete = defineRpc("DUStateChangeComplete", {
  from: "cpe",
  since: "1.2",
  clause: "A.4.2.3",
  request: { Results: repeated("OpResultStruct", opResult), CommandKey: optional(commandKey) },
  response: {},
});
