import type { Instant } from "../../kernel/time.ts";
import type { Effect, Step } from "./effects.ts";
import { ending } from "./endings.ts";
import type { InnerEvent } from "./events.ts";
import { move, type Session } from "./session.ts";

/** Our turn: choose the next RPC, or end when a cap is reached. `before` is done in any case. */
export function chooseOrEnd(session: Session, now: Instant, before: Effect[]): Step {
  if (session.heartbeat) return ending(session, { before });
  if (isSpent(session, now)) return ending(session, { before, wakeAgain: true });
  return [move(session, "acsTurn", { outstanding: undefined }), [...before, { do: "chooseWork" }]];
}

/** Specs §1.7: the current RPC is finished, then the session ends and the rest waits for another. */
const isSpent = (session: Session, now: Instant): boolean =>
  session.draining || now - session.startedAt >= session.limits.total || session.rpcs >= session.limits.rpcs;

export function chosen(session: Session, event: InnerEvent & { type: "rpcChosen" }): Step {
  if (session.state !== "acsTurn") return [session, []];
  const outstanding = {
    id: event.id,
    method: event.method,
    operationId: event.operationId,
    repeatable: event.repeatable,
    silences: 0,
    interrupted: false,
  };
  return [
    move(session, "awaitingReply", { outstanding, rpcs: session.rpcs + 1, emptied: false }),
    [{ do: "storeProgress" }, { do: "sendRpc" }],
  ];
}

export function withdrawn(session: Session, now: Instant): Step {
  if (session.state !== "awaitingReply") return [session, []];
  return chooseOrEnd(move(session, "acsTurn", { outstanding: undefined }), now, []);
}

export function nothingLeft(session: Session): Step {
  if (session.state !== "acsTurn") return [session, []];
  if (session.limits.extraEmptyPost && !session.emptied) {
    return [move(session, "cpeTurn", { emptied: true }), [{ do: "sendEmpty", last: false }, { do: "keepLease" }]];
  }
  return ending(session);
}

export function answered(session: Session, now: Instant): Step {
  if (session.state !== "awaitingReply") return [session, []];
  return chooseOrEnd(session, now, [{ do: "deliverResponse" }]);
}

export function answeredFault(session: Session, now: Instant): Step {
  if (session.state !== "awaitingReply") return [session, []];
  return chooseOrEnd(session, now, [{ do: "deliverFault" }]);
}
