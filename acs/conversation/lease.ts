import type { DeviceDocument } from "../../fleet/devices/model.ts";
import type { Instant } from "../../kernel/time.ts";
import { formatCookie } from "../session/cookie.ts";
import type { ConversationLimits } from "./dependencies.ts";
import type { Live } from "./live.ts";

/** Longer than the session waits for the CPE, so that nobody else takes the device before. */
export const leaseEnd = (live: Pick<Live, "session">, limits: ConversationLimits, now: Instant): Instant =>
  now + live.session.limits.inactivity + limits.leaseSlack;

/** The session now speaks for this device. */
export function adopt(live: Live, device: DeviceDocument): void {
  live.device = device;
  live.cookie = formatCookie(device._id, live.secret);
  const endpoint = device.endpoints.find((one) => one.key === live.session.endpointKey);
  live.endpointState = endpoint?.state ?? {};
  if (live.endpointState.root === "InternetGatewayDevice.") live.root = "InternetGatewayDevice.";
  const version = live.inform?.contact.facts?.softwareVersion ?? device.softwareVersion;
  if (version !== undefined) live.softwareVersion = version;
}
