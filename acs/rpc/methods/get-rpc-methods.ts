import { defineRpc } from "../define.ts";
import { arrayOf, token } from "../fields.ts";

export const GetRPCMethods = defineRpc("GetRPCMethods", {
  from: "both",
  since: "1.0",
  clause: "A.3.1.1",
  request: {},
  response: { MethodList: arrayOf("string", "xsd:string", token(64)) },
});
