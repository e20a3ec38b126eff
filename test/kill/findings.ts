import type { StewardProcess } from "../../bench/steward.ts";
import type { Ledger } from "./ledger.ts";
import { everything } from "./operator.ts";

const FINISHED = ["done", "failed", "expired", "cancelled"];
const SETTLE_SECONDS = 180;
export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

interface OperationBody {
  id: string;
  state: string;
  history: { at: string; state: string; note?: string }[];
}
interface EventBody {
  type: string;
  deviceId?: string;
  data: Record<string, unknown>;
}

async function settle(steward: StewardProcess, ledger: Ledger): Promise<OperationBody[]> {
  for (let waited = 0; ; waited += 2) {
    const operations = await everything<OperationBody>(steward, "/api/v1/operations?limit=200");
    const open = operations.filter(({ id, state }) => ledger.operations.has(id) && !FINISHED.includes(state));
    if (open.length === 0 || waited >= SETTLE_SECONDS) return operations;
    await pause(2_000);
  }
}

/** Waits until what was acknowledged is finished, then holds Steward's account against the peers' ledger. */
export async function findings(
  steward: StewardProcess,
  ledger: Ledger,
): Promise<{ lines: string[]; failures: string[] }> {
  const operations = new Map((await settle(steward, ledger)).map((operation) => [operation.id, operation]));
  const failures: string[] = [];
  const lost = [...ledger.operations.keys()].filter((id) => !operations.has(id));
  const open = [...ledger.operations].filter(
    ([id]) => operations.has(id) && !FINISHED.includes(operations.get(id)!.state),
  );
  failures.push(...lost.map((id) => `the acknowledged operation ${id} is gone`));
  failures.push(...open.map(([id, kind]) => `the operation ${id} (${kind}) is still ${operations.get(id)!.state}`));
  // The CPEs go on making contact: what they know is looked at first.
  const informs = new Map(ledger.informs);
  const events = await everything<EventBody>(steward, "/api/v1/events?limit=200&type=device.contacted");
  const contacts = new Map<string, number>();
  for (const { deviceId = "" } of events) contacts.set(deviceId, (contacts.get(deviceId) ?? 0) + 1);
  const devices = await everything<{ id: string; identity: { serialNumber: string } }>(
    steward,
    "/api/v1/devices?limit=200",
  );
  let missing = 0;
  for (const { id, identity } of devices)
    missing += Math.max(0, (informs.get(identity.serialNumber) ?? 0) - (contacts.get(id) ?? 0));
  if (missing > 0) failures.push(`${missing} acknowledged Informs have no event`);
  const transfers = new Set(
    (await everything<EventBody>(steward, "/api/v1/events?limit=200&type=transfer.completed")).map(({ data }) =>
      String(data["correlator"] ?? data["commandKey"]),
    ),
  );
  const transferReports = [...ledger.reports].filter((report) => report.includes(" transfer "));
  const lostReports = transferReports.filter((report) => !transfers.has(report.split(" ")[2] ?? ""));
  failures.push(...lostReports.map((report) => `the acknowledged report "${report}" has no event`));
  const states: Record<string, number> = {};
  for (const id of ledger.operations.keys()) {
    const state = operations.get(id)?.state ?? "lost";
    states[state] = (states[state] ?? 0) + 1;
  }
  const lines = [
    `${ledger.operations.size} operations acknowledged (${ledger.unacknowledged} requests had to be repeated): ${JSON.stringify(states)}, ${lost.length} lost`,
    `${ledger.informCount} Informs acknowledged, ${events.length} contacts recorded, ${missing} lost`,
    `${transferReports.length} TransferCompletes acknowledged, ${lostReports.length} lost`,
  ];
  for (const method of ["Reboot", "Download", "AddObject"]) {
    const { total, repeated } = ledger.executions(method);
    lines.push(`${method}: ${total} carried out, ${repeated.length} of them more than once`);
    for (const what of repeated) {
      const history = operations.get(what.split(" ")[2] ?? "")?.history ?? [];
      const told = history.map(({ at, state, note }) => `${at} ${state} ${note ?? ""}`.trim()).join("; ");
      failures.push(`carried out again: ${what}: ${told}`);
    }
  }
  return { lines, failures };
}
