import { defineRpc } from "../define.ts";
import { arrayOf, int, struct } from "../fields.ts";
import { commandKey } from "../structs.ts";

export const GetQueuedTransfers = defineRpc("GetQueuedTransfers", {
  from: "acs",
  since: "1.0",
  clause: "A.4.1.1",
  request: {},
  response: {
    TransferList: arrayOf(
      "QueuedTransferStruct",
      "cwmp:QueuedTransferStruct",
      struct({ CommandKey: commandKey, State: int() }),
      { max: 16 },
    ),
  },
});
