import { createHmac, timingSafeEqual } from "node:crypto";
import { randomToken } from "../../../kernel/ids.ts";
import { type Clock, type Duration, minutes } from "../../../kernel/time.ts";

export type NonceState = "good" | "expired" | "forged";

/**
 * Nonces that carry their proof: `time.random.hmac`. No state, so that a CPE may answer over another connection to
 * another process (specs/cwmp.md §1.3, AVM); processes share `key` (at least 32 bytes).
 */
export interface Nonces {
  issue(): string;
  check(nonce: string): NonceState;
}

const FORM = /^([0-9a-z]{1,11})\.([0-9a-z]{8})\.([0-9a-f]{32})$/;
/** Clocks of processes that share a key differ by less. */
const SKEW = minutes(5);

export function createNonces({ key, clock, lifetime }: { key: Uint8Array; clock: Clock; lifetime: Duration }): Nonces {
  const proofOf = (time: string, random: string): string =>
    createHmac("sha256", key).update(`${time}.${random}`).digest("hex").slice(0, 32);
  return {
    issue() {
      const time = clock.now().toString(36);
      const random = randomToken(8);
      return `${time}.${random}.${proofOf(time, random)}`;
    },
    check(nonce) {
      const [, time, random, proof] = FORM.exec(nonce) ?? [];
      if (time === undefined || random === undefined || proof === undefined) return "forged";
      if (!timingSafeEqual(Buffer.from(proof), Buffer.from(proofOf(time, random)))) return "forged";
      const age = clock.now() - Number.parseInt(time, 36);
      return age <= lifetime && age + SKEW >= 0 ? "good" : "expired";
    },
  };
}
