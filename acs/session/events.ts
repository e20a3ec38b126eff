/** A body of the CPE: its digest tells a retransmission, its connection a new TCP connection. */
interface Posted {
  digest: string;
  connectionId: string;
}

/** What happens to a session. The first group comes from the wire, the second from whoever carries out the effects. */
export type WireEvent =
  | ({ type: "informReceived"; id?: string | undefined } & Posted)
  | ({ type: "requestReceived"; method: string; id?: string | undefined } & Posted)
  | ({ type: "unknownRequestReceived"; method: string; id?: string | undefined } & Posted)
  /** An envelope whose method is known and whose arguments are not legal. */
  | ({ type: "badArgumentsReceived"; method?: string; id?: string | undefined } & Posted)
  | ({ type: "responseReceived"; method: string; id?: string | undefined } & Posted)
  | ({ type: "faultReceived"; id?: string | undefined } & Posted)
  | ({ type: "emptyReceived" } & Posted)
  | ({ type: "malformedReceived"; reason: string } & Posted);

export type InnerEvent =
  /** The CPE's request is stored; `body` answers it. */
  | { type: "requestTaken"; body: unknown }
  /** It could not be; an ACS fault code (specs §2.6). */
  | { type: "requestRefused"; faultCode: number }
  | { type: "rpcChosen"; id: string; method: string; operationId: string; repeatable: boolean }
  /** The chosen operation was cancelled before its RPC went out. */
  | { type: "rpcWithdrawn" }
  | { type: "nothingChosen" }
  | { type: "choiceTookTooLong" }
  | { type: "replySent"; status: 200 | 204; body?: string | undefined }
  | { type: "timedOut" }
  | { type: "superseded" }
  | { type: "contactRefused" }
  | { type: "leaseLost" }
  | { type: "engineFailed" }
  | { type: "drainStarted" };

export type SessionEvent = WireEvent | InnerEvent;

const wireTypes = {
  informReceived: true,
  requestReceived: true,
  unknownRequestReceived: true,
  badArgumentsReceived: true,
  responseReceived: true,
  faultReceived: true,
  emptyReceived: true,
  malformedReceived: true,
} as const satisfies Record<WireEvent["type"], true>;

export const isWireEvent = (event: SessionEvent): event is WireEvent => event.type in wireTypes;
