/**
 * A session's states (specs/cwmp §1.7; S0 and S1 belong to HTTP authentication) and its legal moves.
 *
 * - `awaitingInform`: a value that has not seen its Inform · `cpeTurn` (S2): the CPE may send requests ·
 *   `answering`: a CPE's request is being stored · `acsTurn` (S3): the next RPC is being chosen ·
 *   `awaitingReply` (S4): an RPC was sent · `ended` (S5): over, lingers for duplicates · `aborted` (S6).
 */
export const moves = {
  awaitingInform: ["cpeTurn", "aborted"],
  cpeTurn: ["cpeTurn", "answering", "acsTurn", "ended", "aborted"],
  answering: ["cpeTurn", "awaitingReply", "ended", "aborted"],
  acsTurn: ["acsTurn", "cpeTurn", "awaitingReply", "ended", "aborted"],
  awaitingReply: ["awaitingReply", "answering", "acsTurn", "ended", "aborted"],
  ended: ["ended", "answering", "aborted"],
  aborted: ["aborted"],
} as const satisfies Record<string, readonly string[]>;

export type SessionState = keyof typeof moves;

export const isLegalMove = (from: SessionState, to: SessionState): boolean =>
  (moves[from] as readonly SessionState[]).includes(to);

/** The session still owns its device. */
export const isLive = (state: SessionState): boolean => state !== "ended" && state !== "aborted";
