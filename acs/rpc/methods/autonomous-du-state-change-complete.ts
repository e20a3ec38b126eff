import { defineRpc } from "../define.ts";
import { repeated } from "../fields.ts";
import { autonOpResult } from "../structs.ts";

export const AutonomousDUStateChangeComplete = defineRpc("AutonomousDUStateChangeComplete", {
  from: "cpe",
  since: "1.2",
  clause: "A.4.2.4",
  request: { Results: repeated("AutonOpResultStruct", autonOpResult) },
  response: {},
});
