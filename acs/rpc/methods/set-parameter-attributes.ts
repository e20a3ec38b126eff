import { defineRpc } from "../define.ts";
import { required } from "../fields.ts";
import { attributesToSet } from "../structs.ts";

export const SetParameterAttributes = defineRpc("SetParameterAttributes", {
  from: "acs",
  since: "1.0",
  clause: "A.3.2.4",
  request: { ParameterList: required(attributesToSet) },
  response: {},
});
