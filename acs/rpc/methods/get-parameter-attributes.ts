import { defineRpc } from "../define.ts";
import { required } from "../fields.ts";
import { parameterNames, reportedAttributes } from "../structs.ts";

export const GetParameterAttributes = defineRpc("GetParameterAttributes", {
  from: "acs",
  since: "1.0",
  clause: "A.3.2.5",
  request: { ParameterNames: required(parameterNames) },
  response: { ParameterList: reportedAttributes },
});
