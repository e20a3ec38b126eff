import { defineRpc } from "../define.ts";
import { required } from "../fields.ts";
import { parameterNames, reportedValues } from "../structs.ts";

export const GetParameterValues = defineRpc("GetParameterValues", {
  from: "acs",
  since: "1.0",
  clause: "A.3.2.2",
  request: { ParameterNames: required(parameterNames) },
  response: { ParameterList: reportedValues },
});
