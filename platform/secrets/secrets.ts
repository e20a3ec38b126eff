import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { StewardError } from "../../kernel/errors.ts";
import { pooledRandom } from "../../kernel/ids.ts";

/**
 * What one secret key does. All methods are synchronous and take microseconds.
 *
 * A sealed text is `s1.<key id>.<payload>`: version, which key, and base64url of nonce (12 bytes), AES-256-GCM
 * ciphertext and tag (16 bytes). The context is authenticated, not stored: what was sealed for one field of one record
 * does not open in another's place.
 */
export interface Secrets {
  seal(plaintext: string, context: string): string;
  /** Throws `StewardError("internal")` when the text is damaged, of another context, or of a key that is not at hand. */
  open(sealed: string, context: string): string;
  /** True when the text was sealed with an earlier key and should be sealed again. */
  isOutdated(sealed: string): boolean;
  /** 32 bytes for one purpose, the same in every process with this key. */
  deriveKey(purpose: string): Buffer;
  /** HMAC-SHA-256 under the key of this purpose. */
  mac(purpose: string, text: string): Buffer;
}

const VERSION = "s1";
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

interface SealingKey {
  id: string;
  key: Buffer;
}

const derive = (secretKey: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secretKey, "steward", purpose, 32));

const sealingKey = (secretKey: string): SealingKey => ({
  id: derive(secretKey, "seal.id").subarray(0, 4).toString("hex"),
  key: derive(secretKey, "seal.v1"),
});

/** `previous` keys open what they sealed; only `current` seals. */
export function createSecrets(current: string, previous: readonly string[] = []): Secrets {
  const sealing = sealingKey(current);
  const byId = new Map([...previous.map(sealingKey), sealing].map((entry) => [entry.id, entry.key]));
  const derived = new Map<string, Buffer>();
  const deriveKey = (purpose: string): Buffer => {
    let key = derived.get(purpose);
    if (!key) derived.set(purpose, (key = derive(current, `purpose.${purpose}`)));
    return key;
  };
  return {
    deriveKey,
    mac: (purpose, text) => createHmac("sha256", deriveKey(purpose)).update(text).digest(),
    isOutdated: (sealed) => sealed.split(".")[1] !== sealing.id,
    seal(plaintext, context) {
      const nonce = pooledRandom(NONCE_LENGTH);
      const cipher = createCipheriv("aes-256-gcm", sealing.key, nonce).setAAD(Buffer.from(context));
      const parts = [nonce, cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()];
      return `${VERSION}.${sealing.id}.${Buffer.concat(parts).toString("base64url")}`;
    },
    open(sealed, context) {
      const [version, id = "", payload = "", ...rest] = sealed.split(".");
      if (version !== VERSION || rest.length > 0)
        throw new StewardError("internal", "A sealed secret has an unknown format");
      const key = byId.get(id);
      if (!key) {
        throw new StewardError(
          "internal",
          `A secret was sealed with another key (${id}); give it in STEWARD_SECRET_KEY_PREVIOUS`,
        );
      }
      return openPayload(Buffer.from(payload, "base64url"), key, context);
    },
  };
}

function openPayload(bytes: Buffer, key: Buffer, context: string): string {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_LENGTH), {
      authTagLength: TAG_LENGTH,
    });
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_LENGTH));
    return decipher.update(bytes.subarray(NONCE_LENGTH, -TAG_LENGTH), undefined, "utf8") + decipher.final("utf8");
  } catch (error) {
    throw new StewardError("internal", "A sealed secret is damaged or belongs elsewhere", { cause: error });
  }
}
