import { createHash, timingSafeEqual } from "node:crypto";

/** How a token of high entropy (≥ 128 random bits) is stored and looked up: SHA-256 in hexadecimal. Not for passwords. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");

/** Whether two secrets are the same, in a time that does not depend on where they differ. */
export const sameSecret = (a: string | Uint8Array, b: string | Uint8Array): boolean =>
  timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
