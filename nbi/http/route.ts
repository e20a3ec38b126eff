import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { Instant } from "../../kernel/time.ts";
import type { Action } from "../policy.ts";
import type { NbiServices } from "../ports.ts";
import type { JsonSchema, Schema } from "./schema.ts";
import type { Waiting } from "./waiting.ts";

type Names<P extends string> = P extends `${string}{${infer N}}${infer Rest}` ? N | Names<Rest> : never;
/** `{ deviceId: string }` for `/devices/{deviceId}`. */
export type PathParams<P extends string> = Record<Names<P>, string>;

/** Whoever made the request. For a public route nobody in particular. */
export interface Caller {
  /** The token's id; never its secret. */
  readonly tokenId?: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly remoteAddress?: string;
}

/** A request that was admitted and is valid. */
export interface Exchange<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  readonly services: NbiServices;
  readonly waiting: Waiting;
  readonly now: Instant;
  readonly requestId: string;
  /** The version that `If-Match` names. */
  readonly ifVersion?: number;
  readonly idempotencyKey?: string;
  /** For uploads: the body is still unread. */
  readonly request: IncomingMessage;
  /** For the audit entry: what it was done to, and what is worth keeping of the request. */
  readonly note: (target: string, detail?: Record<string, unknown>) => void;
}

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Instead of a body. */
  content?: Readable;
}

export interface Answer {
  description: string;
  schema?: Schema;
  /** By default `application/json`. */
  mediaType?: string;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface RouteSpec<P extends string, Query, Body> {
  readonly method: Method;
  /** Below `/api/v1`. */
  readonly path: P;
  /** `resource.verb`, unique: the operationId of the OpenAPI document and the action of the audit log. */
  readonly id: string;
  readonly summary: string;
  readonly action: Action<never>;
  /** Path parameters have the form of an id unless told otherwise. */
  readonly params?: Partial<Record<Names<P>, Schema<string>>>;
  readonly query?: Schema<Query>;
  readonly body?: Schema<Body>;
  /** The body may be absent. */
  readonly bodyOptional?: boolean;
  /** Media types that the handler reads from `request` itself. */
  readonly upload?: Readonly<Record<string, JsonSchema>>;
  /** Request headers that it understands besides the common ones. */
  readonly headers?: readonly ("If-Match" | "Idempotency-Key")[];
  readonly answers: Readonly<Record<number, Answer>>;
  handle(exchange: Exchange<PathParams<P>, Query, Body>): Promise<Reply>;
}

/** A route with its types forgotten; `dispatch` has validated what it hands over. */
export type Route = RouteSpec<string, unknown, unknown>;

export const route = <const P extends string, Query = Record<string, never>, Body = undefined>(
  spec: RouteSpec<P, Query, Body>,
): Route => spec as unknown as Route;

export const ok = (body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status: 200,
  body,
  headers,
});
export const noContent: Reply = { status: 204 };
