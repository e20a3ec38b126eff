import { defineRpc } from "../define.ts";
import { required, unsignedInt } from "../fields.ts";
import { commandKey } from "../structs.ts";

export const ScheduleInform = defineRpc("ScheduleInform", {
  from: "acs",
  since: "1.0",
  clause: "A.4.1.2",
  request: { DelaySeconds: required(unsignedInt()), CommandKey: commandKey },
  response: {},
});
