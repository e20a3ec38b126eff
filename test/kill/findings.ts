import { createHash } from "node:crypto";
import type { StewardProcess } from "../../bench/steward.ts";
import type { SimulatedFleet } from "../../sim/fleet.ts";
import { type DeviceBody, type EventBody, listDevices, type OperationBody, pause } from "./api.ts";
import { judgeOperations } from "./judge-operations.ts";
import type { Ledger } from "./ledger.ts";

export interface Findings {
  lines: string[];
  failures: string[];
}

/** Everything that is known when nobody works any more. */
export interface Account {
  steward: StewardProcess;
  ledger: Ledger;
  fleet: SimulatedFleet;
  operations: ReadonlyMap<string, OperationBody>;
  devices: readonly DeviceBody[];
}

const OPEN = "state=queued&state=active&state=accepted&state=unknown";
const LOOK_EVERY = 2_000;

/** Waits until what was acknowledged is finished, then holds Steward's account against the peers' ledger. */
export async function findings(
  steward: StewardProcess,
  ledger: Ledger,
  fleet: SimulatedFleet,
  settleSeconds: number,
): Promise<Findings> {
  const settled = await settle(steward, settleSeconds);
  // From here on nothing is acknowledged any more.
  fleet.stop();
  const all = await steward.all<OperationBody>("/api/v1/operations?limit=1000");
  const operations = new Map(all.map((operation) => [operation.id, operation]));
  const account = { steward, ledger, fleet, operations, devices: await listDevices(steward) };
  const parts = [
    judgeOperations(account),
    await judgeEvents(account),
    await judgeTransfers(account),
    await judgeFiles(account),
    await judgeTokensAndSettings(account),
    judgeSurprises(account),
  ];
  return {
    lines: [`settled after ${settled} s`, ...parts.flatMap(({ lines }) => lines)],
    failures: parts.flatMap(({ failures }) => failures),
  };
}

/** Resolves to how many seconds it took. */
async function settle(steward: StewardProcess, longest: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const open = await steward.all<OperationBody>(`/api/v1/operations?limit=1000&${OPEN}`);
    const waited = Math.round((performance.now() - start) / 1_000);
    if (open.length === 0 || waited >= longest) return waited;
    await pause(LOOK_EVERY);
  }
}

async function judgeEvents({ steward, ledger, devices }: Account): Promise<Findings> {
  const serials = new Map(devices.map(({ id, identity }) => [id, identity.serialNumber]));
  const contacts = devices.map(({ identity, contact }) => [identity.serialNumber, contact?.count ?? 0] as const);
  const parts = [compare(ledger, "Inform", new Map(contacts))];
  for (const type of ["device.booted", "device.bootstrapped"]) {
    const events = await steward.all<EventBody>(`/api/v1/events?limit=1000&type=${type}`);
    const counts = new Map<string, number>();
    for (const { deviceId = "" } of events) {
      const serial = serials.get(deviceId) ?? "";
      counts.set(serial, (counts.get(serial) ?? 0) + 1);
    }
    parts.push(compare(ledger, type, counts));
  }
  return { lines: parts.flatMap(({ lines }) => lines), failures: parts.flatMap(({ failures }) => failures) };
}

/** `recorded`: by the CPE's serial number. */
function compare(ledger: Ledger, what: string, recorded: ReadonlyMap<string, number>): Findings {
  const failures: string[] = [];
  let lost = 0;
  for (const [key, owed] of ledger.owed) {
    if (!key.endsWith(` ${what}`)) continue;
    const missing = Math.max(0, owed - (recorded.get(key.split(" ")[0] ?? "") ?? 0));
    lost += missing;
    if (missing > 0) failures.push(`${missing} acknowledged ones are gone: ${key}`);
  }
  const kept = [...recorded.values()].reduce((sum, count) => sum + count, 0);
  return { lines: [`${what}: ${ledger.owedOf(what)} acknowledged, ${kept} recorded, ${lost} lost`], failures };
}

async function judgeTransfers({ steward, ledger }: Account): Promise<Findings> {
  const events = await steward.all<EventBody>("/api/v1/events?limit=1000&type=transfer.completed");
  const known = new Set(events.map(({ data }) => String(data["commandKey"])));
  const lost = [...ledger.transfers].filter((transfer) => !known.has(transfer.split(" ")[1] ?? ""));
  return {
    lines: [`TransferComplete: ${ledger.transfers.size} acknowledged, ${events.length} recorded, ${lost.length} lost`],
    failures: lost.map((transfer) => `the acknowledged TransferComplete ${transfer} has no event`),
  };
}

/** Files of the API's client have their content; an upload that is done has left a file of its device. */
async function judgeFiles({ steward, ledger, operations }: Account): Promise<Findings> {
  const failures: string[] = [];
  for (const [id, expected] of ledger.files) {
    const content = await steward.download(id).catch(() => undefined);
    const hash = content === undefined ? "gone" : createHash("sha256").update(content).digest("hex");
    if (hash !== expected) failures.push(`the acknowledged file ${id} is ${hash === "gone" ? "gone" : "another"}`);
  }
  const stored = await steward.all<{ operationId?: string }>("/api/v1/files?limit=1000");
  const brought = new Set(stored.map(({ operationId }) => operationId));
  const uploads = [...ledger.operations.keys()].filter(
    (id) => ledger.operations.get(id) === "upload" && operations.get(id)?.state === "done",
  );
  const missing = uploads.filter((id) => !brought.has(id));
  failures.push(...missing.map((id) => `the upload ${id} is done, but its file is not there`));
  return {
    lines: [`files: ${ledger.files.size} stored, ${uploads.length} brought by devices, ${failures.length} lost`],
    failures,
  };
}

async function judgeTokensAndSettings({ steward, ledger, devices }: Account): Promise<Findings> {
  const failures: string[] = [];
  for (const secret of ledger.tokens) {
    const headers = { Authorization: `Bearer ${secret}` };
    const works = await steward.api("GET", "/api/v1/me", undefined, headers).then(
      () => true,
      () => false,
    );
    if (!works) failures.push("an acknowledged API token does not work");
  }
  const tags = new Map(devices.map(({ id, tags = [] }) => [id, tags[0] ?? ""]));
  for (const key of ledger.settings.keys) {
    const [what, deviceId = ""] = key.split(" ");
    const value = what === "tag" ? (tags.get(deviceId) ?? "") : await credentialOf(steward, deviceId);
    if (!ledger.settings.allows(key, value)) failures.push(`${key} is "${value}", which was not acknowledged last`);
  }
  return {
    lines: [
      `${ledger.tokens.length} API tokens, ${ledger.settings.keys.length} tags and credentials of devices acknowledged, ${failures.length} lost`,
    ],
    failures,
  };
}

async function credentialOf(steward: StewardProcess, deviceId: string): Promise<string> {
  const { items } = (await steward.api("GET", `/api/v1/credentials?deviceId=${deviceId}`)) as {
    items: { username: string; purpose: string }[];
  };
  return items.find(({ purpose }) => purpose === "connectionRequest")?.username ?? "";
}

const judgeSurprises = ({ ledger }: Account): Findings => ({
  lines: [`${ledger.unanswered} requests of API clients without an answer, ${ledger.surprises.length} refused`],
  failures: ledger.surprises.map((surprise) => `the API refused: ${surprise}`),
});
