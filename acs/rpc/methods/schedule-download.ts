import { defineRpc } from "../define.ts";
import { arrayOf, int, required, struct, text, token, unsignedInt } from "../fields.ts";
import { commandKey } from "../structs.ts";

export const ScheduleDownload = defineRpc("ScheduleDownload", {
  from: "acs",
  since: "1.2",
  clause: "A.4.1.8",
  request: {
    CommandKey: commandKey,
    FileType: required(token(64)),
    URL: required(token(256)),
    Username: text(256),
    Password: text(256),
    FileSize: unsignedInt(),
    TargetFileName: text(256),
    TimeWindowList: required(
      arrayOf(
        "TimeWindowStruct",
        "cwmp:TimeWindowStruct",
        struct({
          WindowStart: unsignedInt(),
          WindowEnd: unsignedInt(),
          WindowMode: token(64),
          UserMessage: text(256),
          MaxRetries: int(),
        }),
        { max: 2 },
      ),
    ),
  },
  response: {},
});
