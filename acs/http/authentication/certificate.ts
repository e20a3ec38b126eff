import type { TLSSocket } from "node:tls";

/** A client certificate that our authorities signed. */
export interface ClientCertificate {
  readonly commonName: string;
  /** One per device: its name is the identity. One per model proves only that the model is genuine (specs/cwmp.md §1.3). */
  readonly unique: boolean;
}

/** `OUI-SerialNumber` or `OUI-ProductClass-SerialNumber`, percent-encoded: names that only one device can have. */
export const deviceName = /^[0-9A-Fa-f]{6}-.+$/;

/** `undefined`: no TLS, no certificate, or none that our authorities vouch for. */
export function clientCertificateOf(socket: object, uniqueName: RegExp = deviceName): ClientCertificate | undefined {
  const tls = socket as Partial<TLSSocket>;
  if (tls.encrypted !== true || tls.authorized !== true) return undefined;
  const given: unknown = tls.getPeerCertificate?.().subject?.CN;
  const commonName: unknown = Array.isArray(given) ? given[0] : given;
  if (typeof commonName !== "string" || commonName === "") return undefined;
  return { commonName, unique: uniqueName.test(commonName) };
}
