import { defineRpc } from "../define.ts";
import { arrayOf, base64, required } from "../fields.ts";

export const SetVouchers = defineRpc("SetVouchers", {
  from: "acs",
  since: "1.0",
  clause: "A.4.1.3",
  request: { VoucherList: required(arrayOf("base64", "SOAP-ENC:base64", base64)) },
  response: {},
});
