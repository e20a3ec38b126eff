import { type Duration, hours, type Instant, minutes } from "../../kernel/time.ts";
import type { Filter } from "../../platform/store/port.ts";
import type { DeviceDocument, OnlineState } from "./model.ts";

/** How late a contact may be before the device counts as offline. */
export const GRACE: Duration = minutes(5);
/** For a device whose interval we do not know: the usual day, and some. */
export const UNKNOWN_INTERVAL: Duration = hours(25);

/** Whether a device is online follows from when it should have come. */
export function onlineState({ contact, lease }: Pick<DeviceDocument, "contact" | "lease">, now: Instant): OnlineState {
  if (contact === undefined) return "never";
  if (lease !== undefined && lease.until > now) return "online";
  const due = contact.nextExpectedAt === undefined ? contact.lastAt + UNKNOWN_INTERVAL : contact.nextExpectedAt + GRACE;
  return due >= now ? "online" : "offline";
}

const missing = { $exists: false };

/** The same rule as store filters; a device in session is left to its last contact, which has just been. */
export const onlineFilters: Record<OnlineState, (now: Instant) => Filter> = {
  never: () => ({ "contact.lastAt": missing }),
  online: (now) => ({
    $or: [
      { "contact.nextExpectedAt": { $gte: now - GRACE } },
      { "contact.nextExpectedAt": missing, "contact.lastAt": { $gte: now - UNKNOWN_INTERVAL } },
    ],
  }),
  offline: (now) => ({
    $or: [
      { "contact.nextExpectedAt": { $lt: now - GRACE } },
      { "contact.nextExpectedAt": missing, "contact.lastAt": { $lt: now - UNKNOWN_INTERVAL } },
    ],
  }),
};
