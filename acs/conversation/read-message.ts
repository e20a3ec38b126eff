import { hash } from "node:crypto";
import type { XmlLimits } from "../../kernel/xml/limits.ts";
import type { CwmpMessage, Envelope, RpcRequest } from "../rpc/index.ts";
import { isRpcName, rpcs } from "../rpc/index.ts";
import type { WireEvent } from "../session/events.ts";
import { decodeEnvelope } from "../soap/decode.ts";
import type { Exchange } from "./exchange.ts";
import { isEmptyBody } from "./peek.ts";

export type ReadMessage =
  | { kind: "inform"; envelope: Envelope; body: RpcRequest<"Inform">; event: WireEvent & { type: "informReceived" } }
  | { kind: "inSession"; event: WireEvent; message?: CwmpMessage }
  /** An Inform whose arguments are not legal: answered with 8003, without a session. */
  | { kind: "badInform"; id?: string; namespace?: string; detail: string };

/** A body as what it means to a session. */
export function readMessage(exchange: Exchange, limits: XmlLimits | undefined): ReadMessage {
  const { body, connectionId } = exchange;
  if (isEmptyBody(body)) return { kind: "inSession", event: { type: "emptyReceived", digest: "", connectionId } };
  const posted = { digest: hash("sha1", body, "base64"), connectionId };
  const decoded = decodeEnvelope(body, {
    charset: exchange.charset,
    limits,
  });
  if (decoded.ok) return readEnvelope(decoded.envelope, posted);
  const { reason, detail, method, id } = decoded;
  const idPart = id === undefined ? {} : { id };
  if (reason === "invalidArguments" && method === "Inform") {
    return {
      kind: "badInform",
      detail,
      ...idPart,
      ...(decoded.namespace === undefined ? {} : { namespace: decoded.namespace }),
    };
  }
  // The answer to an RPC that cannot be read leaves its outcome unknown, as if the link had dropped.
  const isRequest =
    reason === "invalidArguments" && method !== undefined && isRpcName(method) && rpcs[method].from !== "acs";
  if (isRequest) return { kind: "inSession", event: { type: "badArgumentsReceived", method, ...idPart, ...posted } };
  return { kind: "inSession", event: { type: "malformedReceived", reason: `${reason}: ${detail}`, ...posted } };
}

function readEnvelope(envelope: Envelope, posted: { digest: string; connectionId: string }): ReadMessage {
  const { message, id } = envelope;
  const { digest, connectionId } = posted;
  switch (message.kind) {
    case "request": {
      const { name } = message;
      if (message.name === "Inform") {
        return {
          kind: "inform",
          envelope,
          body: message.body,
          event: { type: "informReceived", id, digest, connectionId },
        };
      }
      const type = rpcs[name].from === "acs" ? "unknownRequestReceived" : "requestReceived";
      return { kind: "inSession", event: { type, method: name, id, digest, connectionId }, message };
    }
    case "unknownRequest":
      return {
        kind: "inSession",
        event: { type: "unknownRequestReceived", method: message.name, id, ...posted },
        message,
      };
    case "response":
      return { kind: "inSession", event: { type: "responseReceived", method: message.name, id, ...posted }, message };
    case "fault":
      return { kind: "inSession", event: { type: "faultReceived", id, ...posted }, message };
  }
}
