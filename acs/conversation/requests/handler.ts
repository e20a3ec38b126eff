import type { EventInput } from "../../../fleet/door.ts";
import type { RpcName, RpcRequest, RpcResponse } from "../../rpc/index.ts";
import type { Completions } from "../completions.ts";
import type { ConversationDependencies } from "../dependencies.ts";
import type { EndpointState } from "../endpoint-state.ts";
import type { Live } from "../live.ts";

/** What a handler works with. Whatever it stores is durable when it resolves, since the answer acknowledges it. */
export interface RequestContext {
  readonly deps: ConversationDependencies;
  readonly live: Live;
  readonly completions: Completions;
  readonly endpointState: EndpointState;
  record(event: EventInput): Promise<void>;
}

export type RequestHandler<N extends RpcName> = (
  context: RequestContext,
  body: RpcRequest<N>,
) => Promise<RpcResponse<N>> | RpcResponse<N>;

const MAX_TEXT = 1_024;
const MAX_ITEMS = 64;

/** A message's body for an event: bounded, whatever the CPE sent. */
export function bounded(value: unknown): unknown {
  if (typeof value === "string") return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(bounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, bounded(one)]));
}

export const boundedData = (body: object): Record<string, unknown> => bounded(body) as Record<string, unknown>;
