import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100; // Linux: USER_HZ

/** CPU seconds that a process and all its threads have used: to the nanosecond where the kernel tells, else to a tick. */
export function cpuSeconds(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const used = threads.map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]),
    );
    return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e9;
  } catch {
    return cpuTicks(pid);
  }
}

/** What stands behind the name in /proc/PID/stat. */
function statFields(pid: number | string): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function cpuTicks(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory in MiB, now and at its highest. */
export function memoryMib(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

/** CPU seconds of every process whose command line matches: an engine with many processes. */
export function cpuSecondsMatching(pattern: RegExp): number {
  let sum = 0;
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (pattern.test(readFileSync(`/proc/${entry}/cmdline`, "latin1").replaceAll("\0", " "))) {
        // With the children that have ended: PostgreSQL's backends come and go.
        sum +=
          statFields(entry)
            .slice(11, 15)
            .reduce((total, ticks) => total + Number(ticks), 0) / TICKS_PER_SECOND;
      }
    } catch {
      // The process ended between the listing and the reading.
    }
  }
  return sum;
}

export interface Started {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly output: () => string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a program and waits until its output matches `ready`; rejects with its output when it ends before. */
export function startProcess(argv: readonly string[], environment: NodeJS.ProcessEnv, ready: RegExp): Promise<Started> {
  const child = spawn(process.execPath, [...argv], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      if (output.length > 1_000_000) output = output.slice(-500_000);
      if (ready.test(output)) resolve(started);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("exit", (code) => reject(new Error(`${argv.join(" ")} ended with ${code}:\n${output}`)));
    const started: Started = {
      process: child,
      pid: child.pid ?? 0,
      output: () => output,
      stop: (signal = "SIGTERM") =>
        new Promise((done) => {
          if (child.exitCode !== null || child.signalCode !== null) return done();
          child.once("exit", () => done());
          child.kill(signal);
        }),
    };
  });
}
