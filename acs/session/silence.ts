import type { Step } from "./effects.ts";
import { ending } from "./endings.ts";
import { changed, type Session } from "./session.ts";

/**
 * An empty POST where the answer to an RPC should be: the RPC goes out once more with the same ID; after a second one its
 * outcome is unknown and the session ends. After a request of the CPE's own an empty POST only asks for the RPC again.
 */
export function silent(session: Session): Step {
  const { outstanding } = session;
  if (session.state !== "awaitingReply" || !outstanding) return [session, []];
  const mayResend = outstanding.text !== undefined && (outstanding.interrupted || outstanding.silences === 0);
  if (mayResend) {
    const silences = outstanding.interrupted ? outstanding.silences : outstanding.silences + 1;
    return [
      changed(session, { outstanding: { ...outstanding, silences, interrupted: false } }),
      [{ do: "keepLease" }, { do: "resendRpc" }],
    ];
  }
  return ending(session, {
    before: [
      {
        do: "leaveUnknown",
        operationId: outstanding.operationId,
        note: `${outstanding.method}: no answer from the device`,
      },
    ],
  });
}
