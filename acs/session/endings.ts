import type { Effect, Step } from "./effects.ts";
import { move, type Session } from "./session.ts";

/** The orderly end: what is unfinished is put away, the contact closed, and the CPE told. */
export function ending(session: Session, options: { wakeAgain?: boolean; before?: Effect[] } = {}): Step {
  return [
    move(session, "ended", { outstanding: undefined }),
    [
      ...(options.before ?? []),
      ...(options.wakeAgain ? [{ do: "parkWork" } as const] : []),
      { do: "closeContact", ...(options.wakeAgain ? { wakeAgain: true } : {}) },
      { do: "sendEmpty", last: true },
    ],
  ];
}

/** The answer that is outstanding will not come. */
const unanswered = ({ outstanding }: Session, why: string): Effect[] =>
  outstanding
    ? [{ do: "leaveUnknown", operationId: outstanding.operationId, note: `${outstanding.method}: ${why}` }]
    : [];

/** The end that nobody wanted: an answer that is outstanding will not come, so its operation is `unknown`. */
export function abort(session: Session, failure: string, reply: Effect[]): Step {
  const over = session.state === "ended" || session.state === "awaitingInform";
  return [
    move(session, "aborted", { failure, outstanding: undefined }),
    [...unanswered(session, failure), ...(over ? [] : [{ do: "closeContact", failed: failure } as const]), ...reply],
  ];
}

/**
 * The device began anew, maybe because of what it was asked. The contact stays open for the session that comes.
 */
export const superseded = (session: Session): Step => [
  move(session, "aborted", { failure: "superseded", outstanding: undefined }),
  unanswered(session, "the device began a new session instead of answering"),
];

/** A connection that ends after a TransferComplete's answer is a normal end (specs §9, MikroTik). */
export const vanish = (session: Session): Step => [move(session, "ended"), [{ do: "closeContact" }]];
