import { defineRpc } from "../define.ts";
import { choice, optional, required } from "../fields.ts";
import { commandKey, installOp, uninstallOp, updateOp } from "../structs.ts";

export const ChangeDUState = defineRpc("ChangeDUState", {
  from: "acs",
  since: "1.2",
  clause: "A.4.1.10",
  request: {
    Operations: required(
      choice("OperationStruct", {
        InstallOpStruct: installOp,
        UpdateOpStruct: updateOp,
        UninstallOpStruct: uninstallOp,
      }),
    ),
    CommandKey: optional(commandKey),
  },
  response: {},
});
