import { defineRpc } from "../define.ts";
import { arrayOf, required, struct, text, token } from "../fields.ts";

export const RequestDownload = defineRpc("RequestDownload", {
  from: "cpe",
  since: "1.0",
  clause: "A.4.2.2",
  request: {
    FileType: required(token(64)),
    FileTypeArg: arrayOf("ArgStruct", "cwmp:ArgStruct", struct({ Name: token(64), Value: text(256) }), { max: 16 }),
  },
  response: {},
});
