import { defineRpc } from "../define.ts";
import { int, required, token } from "../fields.ts";
import { parameterKey } from "../structs.ts";

export const DeleteObject = defineRpc("DeleteObject", {
  from: "acs",
  since: "1.0",
  clause: "A.3.2.7",
  request: { ObjectName: required(token(256)), ParameterKey: parameterKey },
  response: { Status: int() },
});
