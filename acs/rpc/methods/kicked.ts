import { defineRpc } from "../define.ts";
import { text, token } from "../fields.ts";

export const Kicked = defineRpc("Kicked", {
  from: "cpe",
  since: "1.0",
  clause: "A.4.2.1",
  request: { Command: text(32), Referer: text(64), Arg: text(256), Next: text(1024) },
  response: { NextURL: token(1024) },
});
