import { defineRpc } from "../define.ts";
import { boolean, token } from "../fields.ts";
import { parameterInfos } from "../structs.ts";

export const GetParameterNames = defineRpc("GetParameterNames", {
  from: "acs",
  since: "1.0",
  clause: "A.3.2.3",
  request: { ParameterPath: token(256), NextLevel: boolean },
  response: { ParameterList: parameterInfos },
});
