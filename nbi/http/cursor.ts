import { createHash } from "node:crypto";
import { invalid } from "./problem.ts";
import type { Reply, Route } from "./route.ts";

type Query = Readonly<Record<string, unknown>>;

/** What a cursor belongs to: the list, with all that chooses and orders its items. */
export interface List {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
}

const TAG_LENGTH = 8;
const isPaged = ({ route }: List): boolean => "cursor" in ((route.query?.["properties"] as object | undefined) ?? {});

const isPlace = (name: string): boolean => name === "cursor" || name === "limit";

function tagOf({ route, params, query }: List): string {
  const choice = Object.entries(query)
    .filter(([name]) => !isPlace(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([route.id, params, choice]);
  return createHash("sha256").update(text).digest("base64url").slice(0, TAG_LENGTH);
}

/** The query with the place that its cursor names. Rejects a cursor of another list, which would skip items silently. */
export function openCursor(list: List): Query {
  const { cursor } = list.query;
  if (typeof cursor !== "string") return list.query;
  const place = cursor.slice(0, -TAG_LENGTH - 1);
  if (place === "" || cursor !== `${place}.${tagOf(list)}`) {
    const detail = "the cursor is not one of this list with this filter and order; begin again without it";
    throw invalid([{ parameter: "cursor", detail }]);
  }
  return { ...list.query, cursor: place };
}

/** The page with `next` as `openCursor` wants it. */
export function sealCursor(list: List, reply: Reply): Reply {
  const body = reply.body as { next?: unknown } | undefined;
  if (typeof body?.next !== "string" || !isPaged(list)) return reply;
  return { ...reply, body: { ...body, next: `${body.next}.${tagOf(list)}` } };
}
