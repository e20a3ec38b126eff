import { merged } from "../../kernel/merged.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Step } from "./effects.ts";
import { abort } from "./endings.ts";
import type { WireEvent } from "./events.ts";
import { changed, move, type Session } from "./session.ts";

/** A request of the CPE: stored before it is answered. Also taken amid an RPC and after the end (specs §1.7). */
export function requestArrived(session: Session, event: WireEvent & { type: "requestReceived" }, now: Instant): Step {
  const { state } = session;
  if (state !== "cpeTurn" && state !== "awaitingReply" && state !== "ended") return [session, []];
  if (state !== "ended" && now - session.startedAt > session.limits.total) {
    return abort(session, "the session took too long", [
      { do: "refuse", status: 400, reason: "the session took too long" },
    ]);
  }
  const request = { method: event.method, id: event.id };
  return [
    move(session, "answering", { request, returnTo: state, requests: session.requests + 1 }),
    [{ do: "takeRequest" }],
  ];
}

export function requestTaken(session: Session, body: unknown): Step {
  if (session.state !== "answering" || !session.request) return [session, []];
  const { request } = session;
  return [
    leave(session, { mayVanish: request.method === "TransferComplete" }),
    [
      { do: "answerRequest", method: request.method, id: request.id, body },
      ...(session.returnTo === "ended" ? [] : [{ do: "keepLease" } as const]),
    ],
  ];
}

export function requestRefused(session: Session, faultCode: number): Step {
  if (session.state !== "answering") return [session, []];
  const id = session.request?.id;
  // After 8005 the CPE sends the identical request again, which is then not a retransmission (specs §1.6).
  const again = faultCode === 8005 ? { lastBody: undefined } : {};
  return [leave(session, again), [{ do: "answerFault", faultCode, id }]];
}

/** A method or arguments that we do not understand: a fault, and the session goes on. */
export function unknownRequest(session: Session, faultCode: number, id: string | undefined): Step {
  const { state } = session;
  if (state !== "cpeTurn" && state !== "awaitingReply" && state !== "ended") return [session, []];
  return [interrupt(changed(session, { requests: session.requests + 1 })), [{ do: "answerFault", faultCode, id }]];
}

function leave(session: Session, changes: Partial<Session>): Session {
  const to = session.returnTo ?? "cpeTurn";
  return interrupt(move(session, to, { ...changes, returnTo: undefined, request: undefined }));
}

/** An RPC that waits for its answer is asked for again with the next empty POST. */
const interrupt = (session: Session): Session =>
  session.outstanding ? changed(session, { outstanding: merged(session.outstanding, { interrupted: true }) }) : session;
