import { serialiseSession } from "../session/session.ts";
import type { ConversationDependencies, ConversationLimits } from "./dependencies.ts";
import { isRoutine } from "./event-codes.ts";
import { adopt, leaseEnd } from "./lease.ts";
import type { Live } from "./live.ts";

/** Stores what the Inform said, together with the session's lease: one call. `false`: the device is refused. */
export async function openContact(
  { fleet, clock, log, onCalled }: ConversationDependencies,
  limits: ConversationLimits,
  live: Live,
): Promise<boolean> {
  const { inform, session } = live;
  if (!inform) return false;
  live.leaseUntil = leaseEnd(live, limits, clock.now());
  const outcome = await fleet.contacts.open({
    reasons: inform.contact.reasons,
    routine: isRoutine(inform.contact.reasons),
    values: inform.contact.values,
    facts: inform.contact.facts,
    events: inform.contact.events,
    endpointState: inform.contact.endpointState,
    endpointKey: session.endpointKey,
    protocol: "cwmp",
    identity: inform.identity,
    at: session.startedAt,
    remoteAddress: session.remoteAddress,
    lease: { sessionId: session.id, until: live.leaseUntil, session: serialiseSession(session) },
  });
  if (!outcome.admitted) {
    log.info({ endpoint: session.endpointKey, peer: session.remoteAddress }, "device refused");
    return false;
  }
  adopt(live, outcome.device);
  if (inform.contact.reasons.some((reason) => reason.startsWith("6 ")))
    onCalled?.(outcome.device._id).catch((error: unknown) =>
      log.warn({ deviceId: outcome.device._id, error }, "wake not closed"),
    );
  if (outcome.created) log.info({ deviceId: outcome.device._id, endpoint: session.endpointKey }, "new device");
  return true;
}
