import type { ContactReport } from "../../fleet/door.ts";
import type { ParameterObservation } from "../../fleet/parameters/model.ts";
import { MAX_PATH_LENGTH } from "../../kernel/path.ts";
import type { Instant } from "../../kernel/time.ts";
import { observe } from "../procedures/reading.ts";
import type { RpcRequest } from "../rpc/index.ts";
import { type FactsDraft, factMeanings, factsOf, factText, type Root, roots } from "./device-facts.ts";
import { canonicalEventCode, fleetEvents } from "./event-codes.ts";

/** An Inform in the fleet's words. */
export interface InformReport {
  /** Canonical codes with their CommandKeys. */
  events: { code: string; commandKey: string }[];
  root?: Root;
  contact: Pick<ContactReport, "reasons" | "values" | "facts" | "events"> & { endpointState: Record<string, unknown> };
}

interface Draft extends FactsDraft {
  state: Record<string, unknown>;
}

type Meaning = (draft: Draft, value: string) => void;

/** What single parameters mean, by their name without the root. Other values are only kept. */
const meanings: ReadonlyMap<string, Meaning> = new Map(
  Object.entries<Meaning>({
    ...factMeanings,
    RootDataModelVersion: ({ facts }, value) => {
      if (/^\d+\.\d+/.test(value)) facts.dataModels = [`Device:${value.trim()}`];
    },
    DeviceSummary: ({ facts }, value) => {
      const models = modelsOfSummary(value);
      if (models.length > 0 && facts.dataModels === undefined) facts.dataModels = models;
    },
    "ManagementServer.ParameterKey": ({ state }, value) => {
      state.parameterKey = value;
    },
    "ManagementServer.ConnectionRequestURL": ({ state }, value) => {
      state.connectionRequestUrl = value;
    },
    "ManagementServer.UDPConnectionRequestAddress": ({ state }, value) => {
      state.udpConnectionRequestAddress = value;
    },
    "ManagementServer.ConnReqJabberID": ({ state }, value) => {
      state.jabberId = value;
    },
  }),
);

/** `InternetGatewayDevice:1.4[](Baseline:1), VoiceService:1.0[1](…)` names two models. */
export const modelsOfSummary = (summary: string): string[] =>
  summary
    .replace(/\([^)]*\)/g, "")
    .split(",")
    .map((piece) => /^\s*([\w-]+:\d+\.\d+)/.exec(piece)?.[1])
    .filter((model) => model !== undefined)
    .slice(0, 16);

export function reportOf(
  body: RpcRequest<"Inform">,
  session: { namespace: string; version: string },
  at: Instant,
): InformReport {
  const events = body.Event.map(({ EventCode, CommandKey }) => ({
    code: canonicalEventCode(EventCode),
    commandKey: CommandKey.trim(),
  }));
  const reasons = events.map((event) => event.code);
  const draft: Draft = {
    facts: {},
    state: { namespace: session.namespace, version: session.version, retryCount: body.RetryCount },
  };
  const observations: ParameterObservation[] = [];
  let root: Root | undefined;
  for (const one of body.ParameterList) {
    if (one.Name.length > MAX_PATH_LENGTH) continue;
    observations.push(observe(one));
    const prefix = roots.find((candidate) => one.Name.startsWith(candidate));
    if (prefix === undefined) continue;
    root ??= prefix;
    const rest = one.Name.slice(prefix.length);
    meanings.get(rest)?.(draft, factText(one.Value.value));
  }
  if (root !== undefined) draft.state.root = root;
  // A reset device is a new one to us: what was learnt about talking to it may no longer hold (specs §2.3).
  if (reasons.includes("0 BOOTSTRAP")) Object.assign(draft.state, forgotten);
  const paths = observations.map((one) => one.path);
  return {
    events,
    ...(root === undefined ? {} : { root }),
    contact: {
      reasons,
      values: { at, source: "inform", observations },
      facts: factsOf(draft),
      events: fleetEvents(reasons, paths),
      endpointState: draft.state,
    },
  };
}

const forgotten = {
  readBatch: null,
  readBy: null,
  discovery: null,
  unsupportedMethods: null,
  methods: null,
  changeDuState: null,
};
