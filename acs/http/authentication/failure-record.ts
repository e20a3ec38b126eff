import type { Events } from "../../../fleet/door.ts";
import { type Clock, minutes } from "../../../kernel/time.ts";
import type { Logger } from "../../../platform/log/logger.ts";
import { BoundedMap } from "../bounded-map.ts";
import type { RefusalReason } from "./authenticator.ts";

export interface AuthenticationFailure {
  remoteAddress: string;
  username: string;
  /** `notItsOwn`: proved, but not as the device that it says it is; `detail` says as whom. */
  reason: RefusalReason | "notItsOwn";
  detail?: string;
}

/** What a device that is set up well never meets: a challenge and a nonce that has grown old are part of the dialogue. */
const isNotable = ({ reason }: AuthenticationFailure): boolean =>
  reason !== "missing" && reason !== "stale" && reason !== "unusable";

/** So many events in a window of ten minutes, each pair of source and user once: peers do not write our log full. */
const CAPACITY = 200;

/** Records that somebody was not let in, as an event for the operator. Never throws and never makes the peer wait. */
export function createFailureRecord(events: Pick<Events, "append">, clock: Clock, log: Logger) {
  const recorded = new BoundedMap<true>(clock, CAPACITY, minutes(10));
  return (failure: AuthenticationFailure): void => {
    if (!isNotable(failure)) return;
    const { remoteAddress, username, reason, detail } = failure;
    const key = `${remoteAddress} ${username.slice(0, 256)}`;
    if (recorded.get(key) !== undefined || recorded.size >= CAPACITY) return;
    recorded.set(key, true);
    events
      .append([
        {
          type: "authentication.failed",
          severity: "warning",
          at: clock.now(),
          data: { remoteAddress, username: username.slice(0, 256), reason, ...(detail !== undefined && { detail }) },
        },
      ])
      .catch((error: unknown) => log.warn({ error }, "a failed authentication could not be recorded"));
  };
}
