import { defineRpc } from "../define.ts";
import { arrayOf, dateTime, required, struct, token, unsignedInt } from "../fields.ts";
import { commandKey, reportedValues } from "../structs.ts";

export const Inform = defineRpc("Inform", {
  from: "cpe",
  since: "1.0",
  clause: "A.3.3.1",
  request: {
    DeviceId: required(
      struct({
        Manufacturer: token(64),
        OUI: token(6),
        ProductClass: token(64),
        SerialNumber: required(token(64)),
      }),
    ),
    Event: arrayOf("EventStruct", "cwmp:EventStruct", struct({ EventCode: token(64), CommandKey: commandKey }), {
      max: 64,
      identity: "EventCode",
    }),
    MaxEnvelopes: unsignedInt(1),
    CurrentTime: dateTime,
    RetryCount: unsignedInt(),
    ParameterList: reportedValues,
  },
  response: { MaxEnvelopes: unsignedInt(1) },
});
