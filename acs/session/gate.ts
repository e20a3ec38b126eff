import type { WireEvent } from "./events.ts";
import { type Session } from "./session.ts";

export type Verdict =
  | { verdict: "proceed" }
  /** A retransmission: the last reply goes out again, nothing runs twice. */
  | { verdict: "replay" }
  | { verdict: "abort"; status: 400 | 503; reason: string }
  | { verdict: "refuse"; reason: string };

const proceed: Verdict = { verdict: "proceed" };
const MAX_REPLAYS = 10;

/** Is it legal now? Asked before "what is it?" */
export function gate(session: Session, event: WireEvent): Verdict {
  switch (session.state) {
    case "awaitingInform":
      return event.type === "informReceived"
        ? proceed
        : { verdict: "refuse", reason: "a session begins with an Inform" };
    case "answering":
    case "acsTurn":
      return { verdict: "refuse", reason: "the last message is still being worked on" };
    case "aborted":
      return { verdict: "refuse", reason: "the session is over" };
    case "cpeTurn":
    case "awaitingReply":
    case "ended":
      return repeats(session, event) ? replay(session) : legalInTurn(session, event);
  }
}

function replay(session: Session): Verdict {
  if (!session.lastReply) return { verdict: "abort", status: 503, reason: "the reply was lost with its worker" };
  return session.replays < MAX_REPLAYS
    ? { verdict: "replay" }
    : { verdict: "abort", status: 400, reason: "the same message came too often" };
}

/**
 * Byte-identical to the last body. An answer is one only if it does not answer what is outstanding: two RPCs may have
 * equal answers where a CPE leaves the ID out, and then only a new connection makes it a retransmission, and only once.
 */
function repeats(session: Session, event: WireEvent): boolean {
  if (event.type === "emptyReceived" || event.digest !== session.lastBody) return false;
  if (event.type !== "responseReceived" && event.type !== "faultReceived") return true;
  const { outstanding } = session;
  if (!outstanding) return true;
  if (event.id === outstanding.id) return false;
  if (event.id) return true;
  if (event.type === "responseReceived" && event.method !== outstanding.method) return true;
  return event.connectionId !== session.lastConnection && session.replays === 0;
}

function legalInTurn(session: Session, event: WireEvent): Verdict {
  if (event.type === "informReceived") return { verdict: "refuse", reason: "an Inform begins a session of its own" };
  if (event.type === "malformedReceived") return proceed;
  if (event.type === "responseReceived" || event.type === "faultReceived") return answerFits(session, event);
  if (event.type !== "emptyReceived" && session.requests >= session.limits.requests)
    return { verdict: "abort", status: 400, reason: "too many requests in one session" };
  return proceed;
}

/** An ID that is missing or wrong is forgiven when exactly one RPC is outstanding and the method fits (specs §1.5). */
function answerFits(session: Session, event: WireEvent & { type: "responseReceived" | "faultReceived" }): Verdict {
  const { outstanding } = session;
  if (!outstanding) {
    return session.state === "ended"
      ? { verdict: "refuse", reason: "the session is over" }
      : { verdict: "abort", status: 400, reason: "an answer to nothing" };
  }
  if (event.type === "faultReceived" || event.method === outstanding.method) return proceed;
  return { verdict: "abort", status: 400, reason: `an answer to ${event.method}, asked was ${outstanding.method}` };
}
