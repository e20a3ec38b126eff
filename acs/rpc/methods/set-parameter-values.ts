import { defineRpc } from "../define.ts";
import { int, required } from "../fields.ts";
import { parameterKey, valuesToSet } from "../structs.ts";

export const SetParameterValues = defineRpc("SetParameterValues", {
  from: "acs",
  since: "1.0",
  clause: "A.3.2.1",
  request: { ParameterList: required(valuesToSet), ParameterKey: parameterKey },
  response: { Status: int() },
});
