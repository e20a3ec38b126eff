import { merged } from "../../kernel/merged.ts";
import type { Instant } from "../../kernel/time.ts";
import { answered, answeredFault, chooseOrEnd, chosen, nothingLeft, withdrawn } from "./acs-turn.ts";
import { requestArrived, requestRefused, requestTaken, unknownRequest } from "./cpe-turn.ts";
import type { Step } from "./effects.ts";
import { abort, ending, superseded, vanish } from "./endings.ts";
import { type InnerEvent, isWireEvent, type SessionEvent, type WireEvent } from "./events.ts";
import { gate } from "./gate.ts";
import { changed, move, type Session } from "./session.ts";
import { silent } from "./silence.ts";

/**
 * The CWMP session of the ACS (specs/cwmp §1.7), without I/O and without a clock. Never throws: an event that the state
 * does not expect is refused (wire) or ignored (ours).
 */
export function step(session: Session, event: SessionEvent, now: Instant): Step {
  if (!isWireEvent(event)) return inner(session, event, now);
  const verdict = gate(session, event);
  switch (verdict.verdict) {
    case "replay":
      return [changed(session, { lastAt: now, replays: session.replays + 1 }), [{ do: "replay" }]];
    case "abort":
      return abort(session, verdict.reason, [{ do: "refuse", status: verdict.status, reason: verdict.reason }]);
    case "refuse":
      return [session, [{ do: "refuse", status: 400, reason: verdict.reason }]];
    case "proceed":
      return wire(
        changed(session, {
          lastAt: now,
          lastBody: event.digest,
          lastConnection: event.connectionId,
          lastReply: undefined,
          replays: 0,
          mayVanish: false,
        }),
        event,
        now,
      );
  }
}

function wire(session: Session, event: WireEvent, now: Instant): Step {
  switch (event.type) {
    case "informReceived":
      return [
        move(session, "cpeTurn", { request: { method: "Inform", id: event.id } }),
        [{ do: "openContact" }, { do: "answerInform", id: event.id }],
      ];
    case "requestReceived":
      return requestArrived(session, event, now);
    case "unknownRequestReceived":
      return unknownRequest(session, 8000, event.id);
    case "badArgumentsReceived":
      return unknownRequest(session, 8003, event.id);
    case "emptyReceived":
      if (session.state === "ended") return [session, [{ do: "sendEmpty", last: true }]];
      if (session.state === "awaitingReply") return silent(session);
      return chooseOrEnd(session, now, []);
    case "responseReceived":
      return answered(session, now);
    case "faultReceived":
      return answeredFault(session, now);
    case "malformedReceived":
      return abort(session, event.reason, [{ do: "refuse", status: 400, reason: event.reason }]);
  }
}

function inner(session: Session, event: InnerEvent, now: Instant): Step {
  if (session.state === "aborted") return [session, []];
  switch (event.type) {
    case "requestTaken":
      return requestTaken(session, event.body);
    case "requestRefused":
      return requestRefused(session, event.faultCode);
    case "rpcChosen":
      return chosen(session, event);
    case "rpcWithdrawn":
      return withdrawn(session, now);
    case "nothingChosen":
      return nothingLeft(session);
    case "choiceTookTooLong":
      return session.state === "acsTurn" ? ending(session, { wakeAgain: true }) : [session, []];
    case "replySent":
      return [withReply(session, event.status, event.body), []];
    case "drainStarted":
      return [changed(session, { draining: true }), []];
    default:
      return ended(session, event.type);
  }
}

/** Events that end a session from outside. */
function ended(
  session: Session,
  type: "timedOut" | "superseded" | "contactRefused" | "leaseLost" | "engineFailed",
): Step {
  if (session.state === "ended") return type === "timedOut" ? [move(session, "aborted"), []] : [session, []];
  switch (type) {
    case "timedOut":
      return session.mayVanish && session.state === "cpeTurn"
        ? vanish(session)
        : abort(session, "the device fell silent", []);
    case "superseded":
      return superseded(session);
    case "contactRefused":
      return [
        move(session, "aborted", { failure: "contact refused" }),
        [{ do: "answerFault", faultCode: 8001, id: session.request?.id }],
      ];
    case "leaseLost":
      return [
        move(session, "aborted", { failure: "lease lost" }),
        [{ do: "refuse", status: 400, reason: "another session holds the device" }],
      ];
    case "engineFailed":
      return [
        move(session, "aborted", { failure: "engine unavailable" }),
        [{ do: "refuse", status: 503, reason: "the store is unavailable" }],
      ];
  }
}

/** Remembers what went out, for retransmissions; an RPC's text also for its repetition. */
function withReply(session: Session, status: 200 | 204, body: string | undefined): Session {
  const lastReply = { status, body };
  if (session.state !== "awaitingReply" || !session.outstanding || session.outstanding.interrupted)
    return changed(session, { lastReply });
  const outstanding = body === undefined ? session.outstanding : merged(session.outstanding, { text: body });
  return changed(session, { lastReply, outstanding });
}
