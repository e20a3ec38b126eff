import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContextOptions, type SecureVersion, type TlsOptions } from "node:tls";
import { StewardError } from "../../kernel/errors.ts";

/** Paths of PEM files. */
export interface TlsFiles {
  certificate: string;
  key: string;
  /** Authorities of client certificates; absent: none is asked for. */
  clientCa?: string | undefined;
  /** `required` refuses a client without a certificate of these authorities at the handshake. */
  clientCertificate?: "optional" | "required";
  minVersion?: SecureVersion;
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new StewardError("configuration.invalid", `The TLS file ${path} cannot be read`, { cause: error });
  }
}

/** Reads the files. With `optional`, whether a presented certificate was good is `socket.authorized`. */
export async function readTls(files: TlsFiles): Promise<TlsOptions & SecureContextOptions> {
  const [cert, key, ca] = await Promise.all([
    readPem(files.certificate),
    readPem(files.key),
    files.clientCa === undefined ? undefined : readPem(files.clientCa),
  ]);
  const minVersion = files.minVersion ?? "TLSv1.2";
  const options = {
    cert,
    key,
    minVersion,
    // OpenSSL 3 speaks TLS 1.0 and 1.1 only at security level 0.
    ...(minVersion < "TLSv1.2" ? { ciphers: "DEFAULT:@SECLEVEL=0" } : {}),
    ...(ca ? { ca, requestCert: true, rejectUnauthorized: files.clientCertificate === "required" } : {}),
  };
  try {
    createSecureContext(options);
    // OpenSSL takes a key of another type than the certificate's for one that is meant for a further certificate.
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error("key values mismatch");
  } catch (error) {
    const names = [files.certificate, files.key, files.clientCa].filter((name) => name !== undefined).join(", ");
    throw new StewardError("configuration.invalid", `The TLS files ${names} do not fit together or are not PEM`, {
      cause: error,
    });
  }
  return options;
}
