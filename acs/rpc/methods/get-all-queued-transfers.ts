import { defineRpc } from "../define.ts";
import { arrayOf, boolean, int, struct, text, token, unsignedInt } from "../fields.ts";
import { commandKey } from "../structs.ts";

export const GetAllQueuedTransfers = defineRpc("GetAllQueuedTransfers", {
  from: "acs",
  since: "1.1",
  clause: "A.4.1.7",
  request: {},
  response: {
    TransferList: arrayOf(
      "AllQueuedTransferStruct",
      "cwmp:AllQueuedTransferStruct",
      struct({
        CommandKey: commandKey,
        State: int(),
        IsDownload: boolean,
        FileType: token(64),
        FileSize: unsignedInt(),
        TargetFileName: text(256),
      }),
      { max: 16 },
    ),
  },
});
