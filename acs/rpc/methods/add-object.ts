import { defineRpc } from "../define.ts";
import { int, required, token, unsignedInt } from "../fields.ts";
import { parameterKey } from "../structs.ts";

export const AddObject = defineRpc("AddObject", {
  from: "acs",
  since: "1.0",
  clause: "A.3.2.6",
  request: { ObjectName: required(token(256)), ParameterKey: parameterKey },
  response: { InstanceNumber: required(unsignedInt()), Status: int() },
});
