import { defineRpc } from "../define.ts";
import { required, text, token, unsignedInt } from "../fields.ts";
import { commandKey, transferResponse } from "../structs.ts";

export const Upload = defineRpc("Upload", {
  from: "acs",
  since: "1.0",
  clause: "A.4.1.5",
  request: {
    CommandKey: commandKey,
    FileType: required(token(64)),
    URL: required(token(256)),
    Username: text(256),
    Password: text(256),
    DelaySeconds: unsignedInt(),
  },
  response: { ...transferResponse },
});
