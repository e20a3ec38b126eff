import { defineRpc } from "../define.ts";
import { commandKey } from "../structs.ts";

export const Reboot = defineRpc("Reboot", {
  from: "acs",
  since: "1.0",
  clause: "A.3.2.9",
  request: { CommandKey: commandKey },
  response: {},
});
