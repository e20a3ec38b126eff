import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { StewardError } from "../kernel/errors.ts";

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

const words: Readonly<Record<string, string>> = {
  EACCES: "this user may not use it",
  EPERM: "this user may not use it",
  EROFS: "its file system is read-only",
  ENOTDIR: "it is not a folder, or one above it is none",
  ENOENT: "it cannot be made",
  ENOSPC: "its disk is full",
};

/**
 * Makes the data folder where it is missing. Rejects with `configuration.invalid`, and says what to do, when the folder or
 * one that Steward keeps in it cannot be read and written.
 */
export async function prepareDataFolder(dataDir: string): Promise<void> {
  const folder = resolve(dataDir);
  for (const path of [folder, join(folder, "store"), join(folder, "files")]) {
    try {
      if (path === folder) await make(path);
      if (!(await stat(path)).isDirectory()) throw Object.assign(new Error("no folder"), { code: "ENOTDIR" });
      await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      if (path !== folder && codeOf(error) === "ENOENT") continue;
      throw unusable(path, error);
    }
  }
}

/** `mkdir` with `recursive` never comes back from a folder like /proc, in which nobody can make anything. */
async function make(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    if (codeOf(error) !== "ENOENT" || (await exists(dirname(path)))) throw error;
    await make(dirname(path));
    await make(path);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const unusable = (path: string, cause: unknown): StewardError => {
  const reason = words[codeOf(cause)] ?? (cause instanceof Error ? cause.message : String(cause));
  const text = `The data folder ${path} cannot be used: ${reason}. STEWARD_DATA_DIR says where it is`;
  return new StewardError("configuration.invalid", text, { cause });
};
