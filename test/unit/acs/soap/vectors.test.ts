import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { type Envelope, rpcNames } from "../../../../acs/rpc/index.ts";
import { decodeEnvelope } from "../../../../acs/soap/decode.ts";
import { encodeEnvelope } from "../../../../acs/soap/encode.ts";

const folder = new URL("../../../vectors/cwmp/", import.meta.url);
const vectors = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => ({
    name: file.slice(0, -5),
    xml: readFileSync(new URL(file.replace(".json", ".xml"), folder)),
    ...(JSON.parse(readFileSync(new URL(file, folder), "utf8")) as {
      origin: string;
      emitted: boolean;
      envelope: Envelope;
    }),
  }));

describe("vectors of every RPC (cwmp-1-2.xsd)", () => {
  it("has a request and a response for each RPC, each with a note of its origin", () => {
    const seen = new Set(
      vectors.map(({ envelope: { message } }) =>
        message.kind === "fault" ? "fault" : `${message.kind} ${message.name}`,
      ),
    );
    for (const name of rpcNames) {
      expect(seen).toContain(`request ${name}`);
      expect(seen).toContain(`response ${name}`);
    }
    for (const vector of vectors) expect(vector.origin).not.toBe("");
  });

  it.each(vectors)("$name decodes to what stands beside it", ({ xml, envelope }) => {
    expect(decodeEnvelope(xml)).toStrictEqual({ ok: true, envelope });
  });

  it.each(vectors.filter(({ emitted }) => emitted))("$name is emitted byte by byte", ({ xml, envelope }) => {
    expect(encodeEnvelope(envelope)).toBe(xml.toString("utf8"));
  });
});
