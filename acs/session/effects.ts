import type { Session } from "./session.ts";

/**
 * What is to be done after a step, in this order. A reply goes on the wire when all of them are done, so that nothing is
 * acknowledged that is not stored (DESIGN decision 3); the lease is kept after the reply is known, to carry it.
 */
export type Effect =
  /** Admits the contact and stores what the Inform said. */
  | { do: "openContact" }
  | { do: "answerInform"; id?: string | undefined }
  /** Stores the CPE's request; leads to `requestTaken` or `requestRefused`. */
  | { do: "takeRequest" }
  | { do: "answerRequest"; method: string; id?: string | undefined; body: unknown }
  | { do: "answerFault"; faultCode: number; id?: string | undefined }
  /** Chooses the next RPC; leads to `rpcChosen`, `nothingChosen` or `choiceTookTooLong`. */
  | { do: "chooseWork" }
  /** Stores how far the operation came and the session with it; may lead to `rpcWithdrawn` or `leaseLost`. */
  | { do: "storeProgress" }
  /** Sends the outstanding RPC. */
  | { do: "sendRpc" }
  /** Sends it again, as it was. */
  | { do: "resendRpc" }
  | { do: "deliverResponse" }
  | { do: "deliverFault" }
  /** The answer to the outstanding RPC will not come: its operation is `unknown`. */
  | { do: "leaveUnknown"; operationId: string; note: string }
  /** Puts an unfinished operation away for another session. */
  | { do: "parkWork" }
  | { do: "keepLease" }
  | { do: "closeContact"; failed?: string; wakeAgain?: boolean }
  /** 204, or what the model takes for it; `last`: the session ends with it. */
  | { do: "sendEmpty"; last: boolean }
  | { do: "replay" }
  | { do: "refuse"; status: 400 | 503; reason: string };

/** A session after an event, and what is to be done now. */
export type Step = [Session, Effect[]];
