import type { SimulatedCpe } from "../../sim/cpe/cpe.ts";
import type { OperationBody } from "./api.ts";
import type { Account, Findings } from "./findings.ts";

const FINISHED: readonly string[] = ["done", "failed", "expired", "cancelled"];
const ONCE = ["Reboot", "Download", "Upload", "AddObject"] as const;
const methodOf: Readonly<Record<string, (typeof ONCE)[number]>> = {
  reboot: "Reboot",
  download: "Download",
  upload: "Upload",
  create: "AddObject",
};

/** Every acknowledged operation is there and came to an end; what must not be repeated ran once; what is done was done. */
export function judgeOperations(account: Account): Findings {
  const parts = [judgePresence(account), judgeOnce(account), judgeDone(account), judgeDevices(account)];
  return { lines: parts.flatMap(({ lines }) => lines), failures: parts.flatMap(({ failures }) => failures) };
}

const story = (operation: OperationBody | undefined): string =>
  (operation?.history ?? []).map(({ at, state, note }) => `${at} ${state} ${note ?? ""}`.trim()).join("; ");

function tally(words: Iterable<string>): string {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return Object.entries(counts)
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}

const isToCome = (time: string | undefined): boolean => time !== undefined && Date.parse(time) > Date.now();

/**
 * With the device until a time that the rule of its kind names, such as a reboot whose answer was lost (5 minutes), or
 * backing off after a failure that the CPE reported.
 */
const waitsByRule = ({ state, completionDueAt, nextAttemptAt }: OperationBody): boolean =>
  state === "accepted" ? isToCome(completionDueAt) : isToCome(nextAttemptAt);

/** What is open and neither waits by such a rule nor behind an operation that does. */
function stuckOf(operations: readonly OperationBody[]): { waiting: OperationBody[]; stuck: OperationBody[] } {
  const open = operations.filter(({ state }) => !FINISHED.includes(state));
  const held = new Set(open.filter(waitsByRule).map(({ deviceId }) => deviceId));
  // A read whose answers got lost goes behind the others, in whatever state.
  const mayQueue = ({ state, kind }: OperationBody): boolean => state === "queued" || kind === "read";
  const waits = (one: OperationBody): boolean => waitsByRule(one) || (mayQueue(one) && held.has(one.deviceId));
  return { waiting: open.filter(waits), stuck: open.filter((one) => !waits(one)) };
}

function judgePresence({ ledger, operations }: Account): Findings {
  const ids = [...ledger.operations.keys()];
  const known = ids.map((id) => operations.get(id)).filter((operation) => operation !== undefined);
  const lost = ids.filter((id) => !operations.has(id));
  const { waiting, stuck } = stuckOf(known);
  const revived = [...ledger.cancelled].filter((id) => operations.get(id)?.state !== "cancelled");
  return {
    lines: [
      `${ids.length} operations acknowledged (${tally(ledger.operations.values())}), ${lost.length} lost: ${tally(known.map(({ state }) => state))}`,
      `reasons of failures: ${tally(known.flatMap(({ fault, kind, state }) => (state === "failed" ? [`${kind} ${fault?.code}`] : []))) || "none"}`,
      `${waiting.length} wait by rule, ${stuck.length} are stuck`,
      `${ledger.cancelled.size} cancellations acknowledged, ${revived.length} lost`,
    ],
    failures: [
      ...lost.map((id) => `the acknowledged operation ${id} is gone`),
      ...stuck.map((one) => `the operation ${one.id} (${one.kind}) is still ${one.state}: ${story(one)}`),
      ...revived.map((id) => `the cancelled operation ${id} is ${operations.get(id)?.state}`),
    ],
  };
}

function judgeOnce({ ledger, operations }: Account): Findings {
  const found: Findings = { lines: [], failures: [] };
  for (const method of ONCE) {
    const { total, excused, repeated } = ledger.executions(method);
    const after = excused > 0 ? ` (${excused} again after a failure that the CPE reported)` : "";
    found.lines.push(`${method}: ${total} carried out${after}, ${repeated.length} more than once`);
    for (const { what, key } of repeated)
      found.failures.push(`carried out again: ${what}: ${story(operations.get(key))}`);
  }
  return found;
}

function judgeDone({ ledger, operations }: Account): Findings {
  const done = [...ledger.operations.keys()]
    .map((id) => operations.get(id))
    .filter((operation) => operation?.state === "done") as OperationBody[];
  const keys = new Map(Object.entries(methodOf).map(([kind, method]) => [kind, ledger.keysOf(method)]));
  const unfounded = done.filter(({ kind, id }) => keys.get(kind)?.has(id) === false);
  const notDone = [...ledger.reboots].filter((id) => {
    const operation = operations.get(id);
    return operation !== undefined && operation.state !== "done" && !ledger.cancelled.has(id);
  });
  return {
    lines: [`${done.length} operations done, ${unfounded.length} of them without the CPE's doing`],
    failures: [
      ...unfounded.map((one) => `${one.kind} ${one.id} is done, but no CPE did it: ${story(one)}`),
      ...notDone.map(
        (id) => `the CPE told of its reboot ${id}, which is ${operations.get(id)?.state}: ${story(operations.get(id))}`,
      ),
    ],
  };
}

/** What the CPEs hold is what was written last, and has each row that was created once. */
function judgeDevices({ fleet, devices, operations }: Account): Findings {
  const cpes = new Map(fleet.cpes.map((cpe) => [cpe.serialNumber, cpe]));
  const failures: string[] = [];
  let checked = 0;
  for (const { id, identity } of devices) {
    const cpe = cpes.get(identity.serialNumber);
    if (cpe === undefined) continue;
    const mine = [...operations.values()].filter(({ deviceId }) => deviceId === id);
    checked += mine.length;
    failures.push(...wrongWrite(cpe, mine), ...wrongRows(cpe, mine));
  }
  return { lines: [`${checked} operations compared with what their CPEs hold, ${failures.length} differ`], failures };
}

const writtenBy = ({ request }: OperationBody): string =>
  String((request["values"] as { value: unknown }[] | undefined)?.[0]?.value);

function wrongWrite(cpe: SimulatedCpe, operations: readonly OperationBody[]): string[] {
  const writes = operations.filter(({ kind }) => kind === "write");
  const last = writes
    .filter(({ state }) => state === "done")
    .reduce((latest, { finishedAt = "" }) => (finishedAt > latest ? finishedAt : latest), "");
  if (last === "") return [];
  const allowed = writes.filter((write) => write.state !== "done" || write.finishedAt === last).map(writtenBy);
  const value = cpe.tree.get("Device.DeviceInfo.ProvisioningCode")?.value ?? "";
  return allowed.includes(value)
    ? []
    : [`${cpe.serialNumber} has ProvisioningCode ${value}, not ${allowed.join(" or ")}`];
}

function wrongRows(cpe: SimulatedCpe, operations: readonly OperationBody[]): string[] {
  const rows = cpe.tree
    .below("Device.NAT.PortMapping.")
    .filter((name) => name.endsWith(".Description"))
    .map((name) => cpe.tree.get(name)?.value ?? "");
  return operations
    .filter(({ kind, state }) => kind === "create" && state === "done")
    .flatMap((operation) => {
      const made = rows.filter((row) => row === writtenBy(operation)).length;
      return made === 1
        ? []
        : [`${cpe.serialNumber} has ${made} rows of the create ${operation.id}: ${story(operation)}`];
    });
}
