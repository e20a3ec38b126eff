import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { StewardError } from "../../kernel/errors.ts";

const FILE_NAME = "secret.key";
const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";
const isRefused = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EACCES";
const exists = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EEXIST";

/**
 * The configured key, else that of `<dataDir>/secret.key`, which is generated when it is missing: durable before this
 * resolves, readable by its owner alone, and one key even when several processes start at once.
 */
export async function loadSecretKey({
  configured,
  dataDir,
}: {
  configured?: string | undefined;
  dataDir: string;
}): Promise<string> {
  if (configured !== undefined) return configured;
  const file = join(dataDir, FILE_NAME);
  const found = await readKey(file);
  if (found !== undefined) return found;
  await mkdir(dataDir, { recursive: true });
  await generateKey(dataDir, file);
  return (await readKey(file)) ?? fail(file, "it vanished while Steward started");
}

const fail = (file: string, reason: string): never => {
  throw new StewardError("configuration.invalid", `The secret key in ${file} cannot be used: ${reason}`);
};

async function readKey(file: string): Promise<string | undefined> {
  try {
    const key = (await readFile(file, "utf8")).trim();
    if (key.length < 32) fail(file, "it is damaged; restore it from a backup, or what it sealed is lost");
    if (((await stat(file)).mode & 0o077) !== 0) fail(file, "others may read it; chmod 600");
    return key;
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (isRefused(error)) return fail(file, "this user may not read it; give it to the user that runs Steward");
    throw error;
  }
}

/** A whole file appears under its name or none; who comes second keeps the first one's. */
async function generateKey(dataDir: string, file: string): Promise<void> {
  const draft = join(dataDir, `.${FILE_NAME}.${randomBytes(8).toString("hex")}`);
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString("base64url")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await link(draft, file).catch((error: unknown) => {
    if (!exists(error)) throw error;
  });
  await rm(draft);
  const folder = await open(dataDir, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
