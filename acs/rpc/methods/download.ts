import { defineRpc } from "../define.ts";
import { required, text, token, unsignedInt } from "../fields.ts";
import { commandKey, transferResponse } from "../structs.ts";

export const Download = defineRpc("Download", {
  from: "acs",
  since: "1.0",
  clause: "A.3.2.8",
  request: {
    CommandKey: commandKey,
    FileType: required(token(64)),
    URL: required(token(256)),
    Username: text(256),
    Password: text(256),
    FileSize: unsignedInt(),
    TargetFileName: text(256),
    DelaySeconds: unsignedInt(),
    SuccessURL: token(256),
    FailureURL: token(256),
  },
  response: { ...transferResponse },
});
