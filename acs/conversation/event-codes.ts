import type { EventInput } from "../../fleet/door.ts";
import type { EventType } from "../../fleet/events/model.ts";
import { isRpcName, rpcNames } from "../rpc/index.ts";

interface EventCode {
  readonly code: string;
  /** What the fleet records beside the contact itself; most are recorded when their own request arrives. */
  readonly event?: EventType;
}

/** TR-069 Table 7 and Amendment 6, by number. */
const numbered: readonly EventCode[] = [
  { code: "0 BOOTSTRAP", event: "device.bootstrapped" },
  { code: "1 BOOT", event: "device.booted" },
  { code: "2 PERIODIC" },
  { code: "3 SCHEDULED" },
  { code: "4 VALUE CHANGE", event: "parameter.changed" },
  { code: "5 KICKED" },
  { code: "6 CONNECTION REQUEST" },
  { code: "7 TRANSFER COMPLETE" },
  { code: "8 DIAGNOSTICS COMPLETE", event: "diagnostics.completed" },
  { code: "9 REQUEST DOWNLOAD" },
  { code: "10 AUTONOMOUS TRANSFER COMPLETE" },
  { code: "11 DU STATE CHANGE COMPLETE" },
  { code: "12 AUTONOMOUS DU STATE CHANGE COMPLETE" },
  { code: "13 WAKEUP" },
  { code: "14 HEARTBEAT" },
];

const methodsByLowerCase = new Map(rpcNames.map((name) => [name.toLowerCase(), name]));

/** The standard's spelling of what CPEs write: `1 Boot`, `1BOOT`, `4 VALUECHANGE`, `M reboot` (specs §2.3, §10). */
export function canonicalEventCode(text: string): string {
  const code = text.trim();
  const number = /^(\d{1,2})(?!\d)/.exec(code)?.[1];
  if (number !== undefined) return numbered[Number(number)]?.code ?? code;
  const method = /^M\s+(\S+)$/i.exec(code)?.[1];
  if (method === undefined) return code;
  return `M ${isRpcName(method) ? method : (methodsByLowerCase.get(method.toLowerCase()) ?? method)}`;
}

const eventByCode = new Map(numbered.flatMap(({ code, event }) => (event ? [[code, event] as const] : [])));
const MAX_CHANGES = 50;

/** What the fleet records of an Inform's events; `paths` are the parameters that came with it. */
export function fleetEvents(codes: readonly string[], paths: readonly string[]): EventInput[] {
  const events: EventInput[] = [];
  for (const code of new Set(codes)) {
    const type = eventByCode.get(code);
    if (type === "parameter.changed") events.push({ type, data: { paths: paths.slice(0, MAX_CHANGES) } });
    else if (type !== undefined) events.push({ type });
  }
  return events;
}

/** Events that may finish an operation which the device took earlier. */
export const mayFinishWork = (codes: readonly string[]): boolean =>
  codes.some((code) => code === "0 BOOTSTRAP" || code === "1 BOOT" || code.startsWith("M ") || code === "3 SCHEDULED");

/** The CPE reports by its clock, and has nothing to say. */
export const isRoutine = (codes: readonly string[]): boolean =>
  codes.length > 0 && codes.every((code) => code === "2 PERIODIC" || code === "14 HEARTBEAT");

export const isHeartbeat = (codes: readonly string[]): boolean => codes.length === 1 && codes[0] === "14 HEARTBEAT";
