import { defineRpc } from "../define.ts";
import { dateTime } from "../fields.ts";
import { commandKey, transferFault } from "../structs.ts";

export const TransferComplete = defineRpc("TransferComplete", {
  from: "cpe",
  since: "1.0",
  clause: "A.3.3.2",
  request: {
    CommandKey: commandKey,
    FaultStruct: transferFault,
    StartTime: dateTime,
    CompleteTime: dateTime,
  },
  response: {},
});
