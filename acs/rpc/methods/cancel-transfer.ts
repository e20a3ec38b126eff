import { defineRpc } from "../define.ts";
import { commandKey } from "../structs.ts";

export const CancelTransfer = defineRpc("CancelTransfer", {
  from: "acs",
  since: "1.2",
  clause: "A.4.1.9",
  request: { CommandKey: commandKey },
  response: {},
});
