import { defineRpc } from "../define.ts";
import { arrayOf, dateTime, int, optional, struct, token, unsignedInt } from "../fields.ts";

export const GetOptions = defineRpc("GetOptions", {
  from: "acs",
  since: "1.0",
  clause: "A.4.1.4",
  request: { OptionName: token(64) },
  response: {
    OptionList: arrayOf(
      "OptionStruct",
      "cwmp:OptionStruct",
      struct({
        OptionName: token(64),
        VoucherSN: unsignedInt(),
        State: unsignedInt(),
        Mode: int(),
        StartDate: dateTime,
        ExpirationDate: optional(dateTime),
        IsTransferable: int(),
      }),
    ),
  },
});
