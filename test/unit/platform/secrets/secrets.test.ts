import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { hashPassword, isOutdatedHash, verifyPassword } from "../../../../platform/secrets/passwords.ts";
import { loadSecretKey } from "../../../../platform/secrets/secret-key.ts";
import { createSecrets } from "../../../../platform/secrets/secrets.ts";
import { createUrlSigner } from "../../../../platform/secrets/signed-urls.ts";
import { hashToken, sameSecret } from "../../../../platform/secrets/tokens.ts";

const keyA = "a".repeat(43);
const keyB = "b".repeat(43);

describe("sealed secrets", () => {
  const secrets = createSecrets(keyA);

  it.each(["", "pass", "päss\0wörd 🔑", "x".repeat(10_000)])("open to what was sealed: %#", (plaintext) => {
    const sealed = secrets.seal(plaintext, "credential:1");
    expect(secrets.open(sealed, "credential:1")).toBe(plaintext);
    expect(sealed).toMatch(/^s1\.[0-9a-f]{8}\.[\w-]+$/);
  });

  it("differ although the secret is the same", () => {
    expect(secrets.seal("x", "c")).not.toBe(secrets.seal("x", "c"));
  });

  it("do not open in another context, with another key, or damaged at any character", () => {
    const sealed = secrets.seal("pass", "c");
    expect(() => secrets.open(sealed, "d")).toThrow(/belongs elsewhere/);
    expect(() => createSecrets(keyB).open(sealed, "c")).toThrow(/sealed with another key/);
    for (let i = 0; i < sealed.length; i++) {
      const flipped = sealed[i] === "A" ? "Q" : "A";
      expect(() => secrets.open(sealed.slice(0, i) + flipped + sealed.slice(i + 1), "c")).toThrow();
      expect(() => secrets.open(sealed.slice(0, i), "c")).toThrow();
    }
  });

  it("of an earlier key still open and say that they are outdated", () => {
    const sealed = secrets.seal("pass", "c");
    const rotated = createSecrets(keyB, [keyA]);
    expect(rotated.open(sealed, "c")).toBe("pass");
    expect([rotated.isOutdated(sealed), rotated.isOutdated(rotated.seal("x", "c"))]).toEqual([true, false]);
  });

  it("derived keys depend on key and purpose alone", () => {
    expect(secrets.deriveKey("nonce")).toEqual(createSecrets(keyA).deriveKey("nonce"));
    expect(secrets.deriveKey("nonce")).not.toEqual(secrets.deriveKey("url"));
    expect(secrets.mac("nonce", "x")).not.toEqual(createSecrets(keyB).mac("nonce", "x"));
  });
});

describe("signed URLs", () => {
  const signer = createUrlSigner(createSecrets(keyA), "GET");
  const now = 1_000_000_000_000;

  it.each([undefined, "fw.bin"])("are valid until they expire, with the name %s", (name) => {
    const url = signer.sign("/files/1", now + 5000, name);
    expect(url).toMatch(/^\/files\/1\/1000000005-[\w-]{43}(\/fw\.bin)?$/);
    expect(signer.verify(url, now + 4999)).toBe("valid");
    expect(signer.verify(url, now + 5000)).toBe("expired");
  });

  it("stay valid with another name, or with a query that somebody added", () => {
    const url = signer.sign("/files/1", now + 5000, "a");
    for (const other of [url.slice(0, -2), `${url}b`, `${url}?x=1`, `${url.slice(0, -2)}?x=1&y=/2`]) {
      expect(signer.verify(other, now)).toBe("valid");
    }
  });

  it("hold nothing that XML escapes: agents exist that leave &amp; as it is", () => {
    expect(signer.sign("/files/1", now, "a.bin")).toMatch(/^[\w/.-]+$/);
  });

  it("are still good when they were signed in their query, as they once were", () => {
    const signature = createSecrets(keyA).mac("url.GET", "1000000005\n/files/1?a=b").toString("base64url");
    expect(signer.verify(`/files/1?a=b&expires=1000000005&signature=${signature}`, now)).toBe("valid");
    expect(signer.verify(`/files/1?a=c&expires=1000000005&signature=${signature}`, now)).toBe("forged");
  });

  it("are forged when anything is changed, cut or added", () => {
    const url = signer.sign("/files/1", now + 5000);
    const changed = [
      url.replace("/files/1", "/files/2"),
      url.replace("/1000000005", "/2000000005"),
      url.slice(0, -1),
      `${url}x`,
      `${url}/a/b`,
      `/x${url}`,
      "/files/1",
      "",
    ];
    for (const other of changed) expect(signer.verify(other, now)).toBe("forged");
  });

  it("are of no use for another purpose", () => {
    expect(createUrlSigner(createSecrets(keyA), "PUT").verify(signer.sign("/f", now + 1), now)).toBe("forged");
  });
});

describe("tokens and passwords", () => {
  it("a token's hash is SHA-256", () => {
    expect(hashToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("secrets compare by content, whatever their lengths", () => {
    expect([sameSecret("a", "a"), sameSecret("a", "b"), sameSecret("a", "ab"), sameSecret("", "")]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it("a password proves right against its hash and no other does", async () => {
    const hash = await hashPassword("Grüße");
    expect(hash).toMatch(/^scrypt\$15\$8\$3\$/);
    expect(await verifyPassword("Gru\u0308ße", hash)).toBe(true);
    expect(await verifyPassword("Grüsse", hash)).toBe(false);
    expect(isOutdatedHash(hash)).toBe(false);
    expect(isOutdatedHash(hash.replace("$15$", "$14$"))).toBe(true);
  });

  it.each([
    "",
    "scrypt",
    "scrypt$99$8$1$AAAAAAAAAAAAAAAAAAAAAA$AA",
    "plain",
    `scrypt$31$8$1$${"A".repeat(22)}$${"A".repeat(43)}`,
  ])("no password proves right against what is no hash: %#", async (encoded) => {
    expect(await verifyPassword("x", encoded)).toBe(false);
    expect(isOutdatedHash(encoded)).toBe(true);
  });
});

describe("the secret key", () => {
  let dataDir = "";
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "steward-key-"));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it("is the configured one, and no file appears", async () => {
    expect(await loadSecretKey({ configured: keyA, dataDir })).toBe(keyA);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it("is generated once, although several processes start together, and only its owner reads it", async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadSecretKey({ dataDir })));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toHaveLength(43);
    expect(await loadSecretKey({ dataDir })).toBe(keys[0]);
    expect((await stat(join(dataDir, "secret.key"))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(["secret.key"]);
  });

  it("that is damaged or open to others is refused, not replaced", async () => {
    const file = join(dataDir, "secret.key");
    await writeFile(file, "short", { mode: 0o600 });
    await expect(loadSecretKey({ dataDir })).rejects.toThrow(/damaged/);
    expect(await readFile(file, "utf8")).toBe("short");
    await writeFile(file, keyA);
    await chmod(file, 0o644);
    await expect(loadSecretKey({ dataDir })).rejects.toThrow(/chmod 600/);
  });
});
