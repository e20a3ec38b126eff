import { invalid } from "../../http/problem.ts";

/** A page of something that is listed anew for each: the cursor is the place, and the list it is a place in. */
export function pageOf<T>(
  items: Iterable<T>,
  { cursor, limit, of }: { cursor: string | undefined; limit: number; of: string },
): { items: T[]; next?: string } {
  const start = cursor === undefined ? 0 : placeIn(cursor, of);
  const page: T[] = [];
  let place = 0;
  for (const item of items) {
    if (place >= start + limit) return { items: page, next: cursorOf(place, of) };
    if (place >= start) page.push(item);
    place += 1;
  }
  return { items: page };
}

const cursorOf = (place: number, of: string): string => Buffer.from(JSON.stringify([place, of])).toString("base64url");

function placeIn(cursor: string, of: string): number {
  try {
    const [place, list] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    if (typeof place === "number" && Number.isSafeInteger(place) && place >= 0 && list === of) return place;
  } catch {
    // said below
  }
  throw invalid([{ parameter: "cursor", detail: "the cursor is not one of ours" }]);
}
