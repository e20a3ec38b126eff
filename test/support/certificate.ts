import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** Just enough DER (X.690) for an X.509 v3 certificate (RFC 5280 §4.1). */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
const time = (at: Date): Buffer => der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]|\.\d+/g, "")}`));
const nameOf = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(commonName)))));

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes
    .toString("base64")
    .match(/.{1,64}/g)!
    .join("\n")}\n-----END ${label}-----\n`;

export interface TestCertificate {
  certificate: string;
  key: string;
  issue(commonName: string): TestCertificate;
}

interface Issuer {
  name: string;
  key: KeyObject;
}

function create(commonName: string, issuer: Issuer | undefined): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer = issuer ?? { name: commonName, key: privateKey };
  const basicConstraints = sequence(
    oid("551d13"),
    der(0x01, Buffer.of(0xff)),
    der(0x04, sequence(...(issuer ? [] : [der(0x01, Buffer.of(0xff))]))),
  );
  const localhost = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Buffer.of(127, 0, 0, 1)));
  const alternativeNames = sequence(oid("551d11"), der(0x04, localhost));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(signer.name),
    sequence(time(new Date(Date.now() - 3_600_000)), time(new Date(Date.now() + 86_400_000))),
    nameOf(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(basicConstraints, alternativeNames)),
  );
  const signature = der(0x03, Buffer.of(0), sign("sha256", body, signer.key));
  return {
    certificate: pem("CERTIFICATE", sequence(body, ecdsaWithSha256, signature)),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    issue: (name) => create(name, { name: commonName, key: privateKey }),
  };
}

/** A certificate authority of its own, in PEM; `issue` gives certificates for localhost and 127.0.0.1 that it signed. */
export const createAuthority = (commonName: string): TestCertificate => create(commonName, undefined);
