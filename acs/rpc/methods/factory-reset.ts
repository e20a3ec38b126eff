import { defineRpc } from "../define.ts";

export const FactoryReset = defineRpc("FactoryReset", {
  from: "acs",
  since: "1.0",
  clause: "A.4.1.6",
  request: {},
  response: {},
});
