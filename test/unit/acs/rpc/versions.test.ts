import { describe, expect, it } from "@jest/globals";
import { isCwmpNamespace, namespaceOf, negotiateVersion } from "../../../../acs/rpc/versions.ts";

const ns = (version: string): string => `urn:dslforum-org:cwmp-${version}`;

describe("version negotiation (specs/cwmp.md §1.5)", () => {
  it.each([
    ["1-0", undefined, "1.0"],
    ["1-1", undefined, "1.1"],
    ["1-2", undefined, "1.2"],
    ["1-2", 60, "1.3"],
    ["1-3", undefined, "1.3"],
    ["1-4", 60, "1.4"],
    ["2-9", undefined, "1.2"],
  ])(
    "without a list, cwmp-%s and SessionTimeout %s mean %s, and the URI is echoed",
    (namespace, sessionTimeout, version) => {
      const offer =
        sessionTimeout === undefined ? { namespace: ns(namespace) } : { namespace: ns(namespace), sessionTimeout };
      expect(negotiateVersion(offer)).toEqual({ version, namespace: ns(namespace) });
    },
  );

  it("a URI that is none of CWMP's is answered in 1.0's", () => {
    expect(negotiateVersion({ namespace: "urn:x" })).toEqual({ version: "1.0", namespace: ns("1-0") });
  });

  it.each([
    [["1.0", "1.1", "1.2", "1.4"], "1-2", "1.4", "1-2"],
    [["1.4"], "1-4", "1.4", "1-4"],
    [["1.0", "1.2"], "1-0", "1.2", "1-2"],
    [["1.0"], "1-0", "1.0", "1-0"],
    [["1.0", "1.4", "1.5"], "1-2", "1.4", "1-2"],
    [[" 1.3 "], "1-2", "1.3", "1-2"],
  ])("a list of %j in cwmp-%s agrees on %s in cwmp-%s", (supportedVersions, namespace, version, agreed) => {
    expect(negotiateVersion({ namespace: ns(namespace), supportedVersions })).toEqual({
      version,
      namespace: ns(agreed),
      useVersion: version,
    });
  });

  it("a list without a version that we know has no agreement (fault 8006)", () => {
    expect(negotiateVersion({ namespace: ns("1-2"), supportedVersions: ["2.0"] })).toBeUndefined();
  });

  it("an empty list counts as none", () => {
    expect(negotiateVersion({ namespace: ns("1-2"), supportedVersions: [] })).toEqual({
      version: "1.2",
      namespace: ns("1-2"),
    });
  });

  it("1.3 and 1.4 use the namespace of 1.2", () => {
    expect(["1.0", "1.1", "1.2", "1.3", "1.4"].map((version) => namespaceOf(version as "1.0"))).toEqual(
      ["1-0", "1-1", "1-2", "1-2", "1-2"].map(ns),
    );
  });

  it("any numbered cwmp URI is one", () => {
    expect(
      [ns("1-0"), ns("1-9"), "URN:DSLFORUM-ORG:CWMP-1-0", ns("x"), "urn:dslforum-org:cwmp"].map(isCwmpNamespace),
    ).toEqual([true, true, true, false, false]);
  });
});
