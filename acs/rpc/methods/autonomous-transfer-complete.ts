import { defineRpc } from "../define.ts";
import { boolean, dateTime, text, token, unsignedInt } from "../fields.ts";
import { transferFault } from "../structs.ts";

export const AutonomousTransferComplete = defineRpc("AutonomousTransferComplete", {
  from: "cpe",
  since: "1.1",
  clause: "A.3.3.3",
  request: {
    AnnounceURL: token(1024),
    TransferURL: token(1024),
    IsDownload: boolean,
    FileType: token(64),
    FileSize: unsignedInt(),
    TargetFileName: text(256),
    FaultStruct: transferFault,
    StartTime: dateTime,
    CompleteTime: dateTime,
  },
  response: {},
});
