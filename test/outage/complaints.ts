import { type StewardOptions, StewardProcess } from "../../bench/steward.ts";
import { informBody } from "../../sim/load/answers.ts";
import { loadModel } from "../../sim/load/model.ts";
import type { Engine } from "./engines.ts";

interface Answer {
  status: number;
  retryAfter: string | null;
  type: string | null;
  text: string;
  milliseconds: number;
}

/** What a CPE and an API client wait at most before they think of it as gone. */
const ANSWER_WITHIN = 10_000;

async function answerTo(url: string, init: RequestInit): Promise<Answer> {
  const start = performance.now();
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(2 * ANSWER_WITHIN) });
  const text = await response.text();
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
    type: response.headers.get("content-type"),
    text,
    milliseconds: performance.now() - start,
  };
}

let next = 0;
const newInform = (): RequestInit => ({
  method: "POST",
  body: informBody(loadModel(100), `OUTAGE${next++}`, "2 PERIODIC"),
  headers: { "Content-Type": "text/xml" },
});

const late = (what: string, { milliseconds }: Answer): string[] =>
  milliseconds > ANSWER_WITHIN ? [`${what} was answered after ${Math.round(milliseconds)} ms`] : [];

/** What is wrong about Steward's answers while an engine is away; empty when all is right. */
export async function complaints(steward: StewardProcess, engine: Engine, deviceId: string): Promise<string[]> {
  const away = `without ${engine}`;
  if (!steward.alive) return [`${away} Steward died`];
  const api = (
    path: string,
    init: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {},
  ): Promise<Answer> =>
    answerTo(new URL(path, steward.apiUrl).href, { ...init, headers: { ...steward.authorization, ...init.headers } });
  const order = {
    method: "POST",
    body: JSON.stringify({ kind: "read", paths: [`Device.DeviceInfo.X_${next}`] }),
    headers: { "Content-Type": "application/json" },
  };
  const [inform, list, create, live, ready] = await Promise.all([
    answerTo(steward.acs.url, newInform()),
    api("/api/v1/devices?limit=1"),
    api(`/api/v1/devices/${deviceId}/operations`, order),
    api("/healthz"),
    api("/readyz"),
  ]);
  const found = [
    ...late(`${away} an Inform`, inform),
    ...late(`${away} a list`, list),
    ...late(`${away} an order`, create),
  ];
  const isProblem = ({ status, type, text, retryAfter }: Answer): boolean =>
    status === 503 &&
    type?.startsWith("application/problem+json") === true &&
    text.includes("engine.unavailable") &&
    retryAfter !== null;
  if (live.status !== 200) found.push(`${away} /healthz says ${live.status}`);
  if (ready.status !== 503) found.push(`${away} /readyz says ${ready.status}`);
  if (engine === "mongodb") {
    if (inform.status !== 503 || inform.retryAfter === null)
      found.push(`${away} an Inform got ${inform.status}, Retry-After ${inform.retryAfter}`);
    for (const answer of [list, create])
      if (!isProblem(answer)) found.push(`${away} the API answered ${JSON.stringify(answer)}`);
  } else {
    // Only waking needs the queue, and stays owed.
    if (inform.status !== 200) found.push(`${away} an Inform got ${inform.status}`);
    if (list.status !== 200) found.push(`${away} a list got ${list.status}`);
    if (create.status !== 202) found.push(`${away} an order got ${create.status} ${create.text}`);
  }
  return found;
}

/** A Steward that is started while an engine is away says so and ends. */
export async function startComplaints(options: StewardOptions, engine: Engine): Promise<string[]> {
  const other = new StewardProcess(options);
  try {
    await other.start();
    return [`Steward started without ${engine}`];
  } catch (error) {
    const text = String(error);
    const name = engine === "mongodb" ? "MongoDB" : "Redis";
    const isClear = text.includes("ended with 1") && new RegExp(`Steward cannot start.*${name}`).test(text);
    return isClear ? [] : [`started without ${engine}, Steward says: ${text.slice(0, 1_000)}`];
  } finally {
    await other.stop();
  }
}
