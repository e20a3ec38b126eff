import { hours, seconds } from "../kernel/time.ts";
import type { SessionReport } from "../sim/cpe/cpe.ts";
import { loadModel } from "../sim/cpe/model.ts";
import { SimulatedFleet } from "../sim/fleet.ts";
import type { StormOutcome, StormSpec } from "./storm.ts";

// The CPEs of bench/storm.ts, in a process of their own: they boot at once, and retry as TR-069 §3.2.1.1 says.
//   node dist/bench/storm-cpes.js '{"acsUrl":…}'     prints a StormOutcome when each was served, or time is up.

const spec = JSON.parse(process.argv[2] ?? "{}") as StormSpec;
const served = new Map<string, number>();
const times: number[] = [];
const reasons: Record<string, number> = {};
const acknowledged: Record<string, number> = {};
const counts = { sessions: 0, refused: 0, failed: 0 };
const started = performance.now();
let stop: () => void = () => undefined;
const allServed = new Promise<void>((resolve) => {
  stop = resolve;
});

function took({ serialNumber, outcome, took: time, error = "no reason" }: SessionReport): void {
  counts.sessions += 1;
  if (outcome !== "completed") {
    counts[outcome] += 1;
    reasons[error] = (reasons[error] ?? 0) + 1;
    return;
  }
  times.push(time);
  if (!served.has(serialNumber)) served.set(serialNumber, performance.now() - started);
  if (served.size === spec.count) stop();
}

const fleet = new SimulatedFleet({
  acsUrl: spec.acsUrl,
  count: spec.count,
  model: loadModel("tr181-gateway"),
  interval: hours(6),
  onSession: took,
  onAcknowledged: ({ request, what }) => {
    if (request !== "Inform") return;
    for (const word of ["Inform", ...what]) acknowledged[word] = (acknowledged[word] ?? 0) + 1;
  },
});
const deadline = setTimeout(stop, seconds(spec.seconds));
await Promise.all([fleet.start(spec.events), allServed]);
clearTimeout(deadline);
fleet.stop();
const { user, system } = process.cpuUsage();
const outcome: StormOutcome = {
  ...counts,
  served: served.size,
  cpu: (user + system) / 1_000_000,
  seconds: (performance.now() - started) / 1_000,
  times: times.sort((a, b) => a - b),
  servedAfter: [...served.values()].sort((a, b) => a - b),
  acknowledged,
  reasons,
};
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
