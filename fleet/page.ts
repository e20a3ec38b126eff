import { StewardError } from "../kernel/errors.ts";
import type { Page } from "./door.ts";

/** One item more than `limit` was asked for; it is cut off and tells that there is a next page. */
export function pageOf<T>(items: T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  if (items.length <= limit) return { items };
  const page = items.slice(0, limit);
  return { items: page, next: cursorOf(page.at(-1)!) };
}

const encode = (parts: readonly unknown[]): string => Buffer.from(JSON.stringify(parts)).toString("base64url");

/** A place in a list: the sort value and the id of the last item seen. */
export const keysetCursor = (value: string | number | null, id: string): string => encode([value, id]);

/** Rejects with `argument.invalid` what `keysetCursor` did not make. */
export function readKeysetCursor(cursor: string): { value: string | number | null; id: string } {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(parts) && parts.length === 2) {
      const [value, id] = parts as unknown[];
      const legal = value === null || typeof value === "string" || typeof value === "number";
      if (legal && typeof id === "string") return { value, id };
    }
  } catch {
    // Not JSON: the same answer as for any other foreign text.
  }
  throw new StewardError("argument.invalid", "the cursor is not one of this list", { details: { field: "cursor" } });
}
