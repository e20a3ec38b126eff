import { describe, expect, it } from "@jest/globals";
import type { OperationRequest } from "../../../../fleet/operations/model.ts";
import { BLANK, blankSecrets, restoreSecrets } from "../../../../fleet/operations/request-secrets.ts";
import { isSecretName } from "../../../../fleet/parameters/secret-names.ts";

const cases: [string, OperationRequest, unknown][] = [
  [
    "passwords of transfers, and credentials in their URLs",
    { kind: "download", fileType: "1", url: "ftp://u:geheim@h/f", username: "u", password: "geheim" },
    { url: BLANK, username: "u", password: BLANK },
  ],
  [
    "values of secret parameters, and only those",
    {
      kind: "write",
      values: [
        { path: "D.KeyPassphrase", value: "geheim" },
        { path: "D.SSID", value: "open" },
      ],
    },
    { values: [{ value: BLANK }, { value: "open" }] },
  ],
  [
    "passwords of software modules",
    { kind: "software", operations: [{ action: "install", url: "http://h/m", password: "geheim" }] },
    { operations: [{ url: "http://h/m", password: BLANK }] },
  ],
  [
    "what a raw message carries, in the protocol's spelling",
    {
      kind: "raw",
      method: "SetParameterValues",
      arguments: {
        Password: "geheim",
        ParameterList: [
          { Name: "D.Password", Value: { type: "string", value: "geheim" } },
          { Name: "D.Password", Value: "geheim" },
          { Name: "D.SSID", Value: "open" },
        ],
      },
    },
    {
      arguments: { Password: BLANK, ParameterList: [{ Value: { value: BLANK } }, { Value: BLANK }, { Value: "open" }] },
    },
  ],
];

describe("the secrets of a request", () => {
  it.each(cases)("are taken out and put back: %s", (_name, request, blanked) => {
    const taken = blankSecrets(request, isSecretName);
    expect(taken.request).toMatchObject(blanked as Record<string, unknown>);
    expect(JSON.stringify(taken.request)).not.toContain("geheim");
    expect(restoreSecrets(taken.request, taken.secrets!)).toEqual(request);
  });

  it("are none in most requests, which stay as they are", () => {
    const request: OperationRequest = { kind: "download", fileType: "1", url: "http://h/f", password: "" };
    expect(blankSecrets(request, isSecretName)).toEqual({ request });
  });

  it("are known by the names of their parameters", () => {
    expect(
      ["D.Password", "D.KeyPassphrase", "D.1.PreSharedKey", "D.X_VENDOR_Secret"].filter(isSecretName),
    ).toHaveLength(4);
    expect(["D.PasswordRequired", "D.SSID", "D.Mapping", "D.Keyboard"].filter(isSecretName)).toEqual([]);
  });
});
