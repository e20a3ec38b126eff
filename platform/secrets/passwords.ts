import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

/** log2 N, r and p: 32 MiB and about 0.15 s (OWASP Password Storage Cheat Sheet, scrypt). */
const CURRENT = { logN: 15, blockSize: 8, parallelization: 3 } as const;
const MAX_LOG_N = 18;
const KEY_LENGTH = 32;

interface Parameters {
  logN: number;
  blockSize: number;
  parallelization: number;
}

function deriveKey(password: string, salt: Buffer, { logN, blockSize, parallelization }: Parameters): Promise<Buffer> {
  const cost = 2 ** logN;
  const options: ScryptOptions = { cost, blockSize, parallelization, maxmem: 256 * cost * blockSize };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFC"), salt, KEY_LENGTH, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** `scrypt$logN$r$p$salt$key`, salt and key in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await deriveKey(password, salt, CURRENT);
  const { logN, blockSize, parallelization } = CURRENT;
  return ["scrypt", logN, blockSize, parallelization, salt.toString("base64url"), key.toString("base64url")].join("$");
}

function read(encoded: string): { parameters: Parameters; salt: Buffer; key: Buffer } | undefined {
  const match = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/.exec(encoded);
  if (!match) return undefined;
  const [logN, blockSize, parallelization] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (logN < 1 || logN > MAX_LOG_N || blockSize < 1 || parallelization < 1) return undefined;
  return {
    parameters: { logN, blockSize, parallelization },
    salt: Buffer.from(match[4]!, "base64url"),
    key: Buffer.from(match[5]!, "base64url"),
  };
}

/** False for a wrong password and for a text that is no password hash. */
export async function verifyPassword(password: string, encoded: string): Promise<boolean> {
  const stored = read(encoded);
  if (!stored) return false;
  return timingSafeEqual(await deriveKey(password, stored.salt, stored.parameters), stored.key);
}

/** Whether a password that just proved right should be hashed again, with today's parameters. */
export function isOutdatedHash(encoded: string): boolean {
  const stored = read(encoded);
  return (
    !stored || Object.entries(CURRENT).some(([name, value]) => stored.parameters[name as keyof Parameters] !== value)
  );
}
