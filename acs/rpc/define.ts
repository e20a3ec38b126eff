import type { Shape } from "./fields.ts";
import type { ProtocolVersion } from "./versions.ts";

/** Who sends the request. */
export type Caller = "acs" | "cpe" | "both";

export interface RpcDefinition<Request extends Shape = Shape, Response extends Shape = Shape> {
  readonly name: string;
  readonly from: Caller;
  readonly since: ProtocolVersion;
  /** Of TR-069 Annex A. */
  readonly clause: string;
  readonly request: Request;
  readonly response: Response;
}

export const defineRpc = <const Request extends Shape, const Response extends Shape>(
  name: string,
  rest: Omit<RpcDefinition<Request, Response>, "name">,
): RpcDefinition<Request, Response> => ({ name, ...rest });
