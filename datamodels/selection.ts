import { compareVersions } from "./load/version.ts";

/** What a device told or showed about the models it follows. */
export interface ModelEvidence {
  /** `…DeviceInfo.RootDataModelVersion` or `Device.RootDataModelVersion`: `2.17`. */
  readonly rootDataModelVersion?: string;
  /** `…DeviceSummary` (specs §8.5). */
  readonly deviceSummary?: string;
  readonly supportedDataModels?: readonly { readonly urn?: string; readonly uuid?: string; readonly url?: string }[];
  /** The root object of its names: `Device.` or `InternetGatewayDevice.`. */
  readonly rootObject?: string;
  /** Names of the services it has rows of: `VoiceService`. */
  readonly services?: readonly string[];
  /** Models somebody named for it: `Device:2.17`. */
  readonly named?: readonly string[];
  /** Generic paths of objects it was seen to have. */
  readonly seenObjects?: readonly string[];
}

/** What there is to choose from. */
export interface ModelCandidate {
  readonly id: string;
  /** `Device:2.17`. */
  readonly name: string;
  readonly spec: string;
  readonly isService: boolean;
  /** The root object, without dot: for a vendor's model what it extends. */
  readonly rootName: string;
  readonly deviceTypeUuid?: string;
  /** Whether the model has an object with this generic path. Loads the model; asked only where versions leave a choice. */
  has(path: string): boolean;
}

export interface ModelChoice {
  readonly id: string;
  /** Which evidence decided, for showing. */
  readonly reason:
    | "named"
    | "deviceType"
    | "supportedDataModel"
    | "rootDataModelVersion"
    | "deviceSummary"
    | "seenObjects"
    | "service";
  /** The version the device claims, when that exact one is not at hand. */
  readonly claimed?: string;
}

/** The root model first, then one per service. Empty when nothing fits. */
export function selectModels(evidence: ModelEvidence, candidates: readonly ModelCandidate[]): ModelChoice[] {
  const claims = claimsOf(evidence);
  const root = rootChoice(evidence, claims, candidates);
  const services = serviceNames(evidence, claims).flatMap(
    (name) => serviceChoice(name, evidence, claims, candidates) ?? [],
  );
  return [...(root ? [root] : []), ...services];
}

interface Claim {
  readonly family: string;
  readonly version: string;
  readonly reason: ModelChoice["reason"];
}

/** Names with versions, the most trustworthy first. */
function claimsOf({
  named = [],
  supportedDataModels = [],
  rootDataModelVersion,
  deviceSummary = "",
}: ModelEvidence): Claim[] {
  const claims: Claim[] = named.flatMap((name) => parseName(name, "named") ?? []);
  claims.push(...supportedDataModels.flatMap(({ urn = "" }) => claimOfUrn(urn) ?? []));
  const version = /^\s*(\d{1,4}\.\d{1,4})/.exec(rootDataModelVersion ?? "")?.[1];
  if (version) claims.push({ family: "Device", version, reason: "rootDataModelVersion" });
  for (const { name, version: summarised } of parseDeviceSummary(deviceSummary)) {
    claims.push({ family: name, version: summarised, reason: "deviceSummary" });
  }
  return claims;
}

function parseName(name: string, reason: Claim["reason"]): Claim | undefined {
  const match = /^([A-Za-z_][\w-]*):(\d{1,4}\.\d{1,4})/.exec(name);
  return match ? { family: match[1]!, version: match[2]!, reason } : undefined;
}

/** The technical reports whose numbers are versions of a model. Others are found by the model's own `spec`. */
const reports: Readonly<Record<string, string>> = { "181": "Device" };

function claimOfUrn(urn: string): Claim | undefined {
  const match = /:tr-(\d+)-(\d+)-(\d+)/.exec(urn.slice(0, MAX_URN));
  const family = match && reports[match[1]!];
  // TR-181 issue 1 numbers its models otherwise (tr-181-1-7 is Device:1.14).
  return family && Number(match[2]) >= 2
    ? { family, version: `${match[2]}.${match[3]}`, reason: "supportedDataModel" }
    : undefined;
}

export interface SummaryEntry {
  readonly name: string;
  readonly version: string;
  readonly instances: readonly number[];
  readonly profiles: readonly string[];
}

const MAX_SUMMARY = 4_096;
const MAX_URN = 256;

/** `InternetGatewayDevice:1.4[](Baseline:1, Time:1), VoiceService:1.0[1](Endpoint:1)`; what does not fit the grammar is skipped. */
export function parseDeviceSummary(summary: string): SummaryEntry[] {
  const entries: SummaryEntry[] = [];
  const form = /([A-Za-z_][\w-]*):(\d{1,4}\.\d{1,4})\s*(?:\[([\d,\s]*)\])?\s*(?:\(([^()]*)\))?/g;
  for (const [, name, version, instances, profiles] of summary.slice(0, MAX_SUMMARY).matchAll(form)) {
    entries.push({
      name: name!,
      version: version!,
      instances: itemsOf(instances).map(Number),
      profiles: itemsOf(profiles),
    });
  }
  return entries;
}

const itemsOf = (text = ""): string[] =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

function rootChoice(
  evidence: ModelEvidence,
  claims: readonly Claim[],
  candidates: readonly ModelCandidate[],
): ModelChoice | undefined {
  const rootName = evidence.rootObject?.replace(/\.$/, "");
  const fitting = candidates.filter(
    (candidate) => !candidate.isService && (rootName === undefined || candidate.rootName === rootName),
  );
  const exact = namedOrTyped(evidence, fitting);
  if (exact) return exact;
  const standard = fitting.filter((candidate) => candidate.deviceTypeUuid === undefined);
  for (const { family, version, reason } of claims) {
    const found = nearest(family, version, standard);
    if (found) return choose(found, reason, version);
  }
  return rootName === undefined ? undefined : bestFit(evidence.seenObjects ?? [], standard);
}

/** What somebody named, a device type by its uuid, a model by its URN. */
function namedOrTyped(evidence: ModelEvidence, fitting: readonly ModelCandidate[]): ModelChoice | undefined {
  const named = fitting.find((candidate) => evidence.named?.includes(candidate.id));
  if (named) return { id: named.id, reason: "named" };
  for (const { uuid, urn } of evidence.supportedDataModels ?? []) {
    const typed = uuid && fitting.find((candidate) => candidate.deviceTypeUuid === uuid.trim().toLowerCase());
    if (typed) return { id: typed.id, reason: "deviceType" };
    const bySpec =
      urn && fitting.find((candidate) => candidate.deviceTypeUuid === undefined && isSameSpec(candidate.spec, urn));
    if (bySpec) return { id: bySpec.id, reason: "supportedDataModel" };
  }
  return undefined;
}

/** Corrigendum digits and what follows them do not count. */
const isSameSpec = (a: string, b: string): boolean =>
  a === b || (a.length <= MAX_URN && b.length <= MAX_URN && coreSpec(a) === coreSpec(b));
const coreSpec = (spec: string): string =>
  /^(.*?:tr-\d+-\d+-\d+)(?:-\d+)?(?:-(?:cwmp|usp|common))?$/.exec(spec.trim())?.[1] ?? spec.trim();

/**
 * The claimed version; else the next one at hand, which has all that the claimed one has; else the newest of the same major
 * version. Never another major version: those are different trees.
 */
function nearest(family: string, version: string, candidates: readonly ModelCandidate[]): ModelCandidate | undefined {
  const major = version.slice(0, version.indexOf("."));
  const sorted = candidates
    .map((candidate) => ({ candidate, own: candidate.name.slice(candidate.name.indexOf(":") + 1) }))
    .filter(({ candidate, own }) => candidate.name.startsWith(`${family}:`) && own.startsWith(`${major}.`))
    .sort((a, b) => compareVersions(a.own, b.own));
  return (sorted.find(({ own }) => compareVersions(own, version) >= 0) ?? sorted.at(-1))?.candidate;
}

const choose = ({ id, name }: ModelCandidate, reason: ModelChoice["reason"], claimed: string): ModelChoice =>
  name.endsWith(`:${claimed}`) ? { id, reason } : { id, reason, claimed };

/** The model that explains most of what was seen; of equal ones the newest of the standard's. */
function bestFit(seen: readonly string[], candidates: readonly ModelCandidate[]): ModelChoice | undefined {
  const scored = candidates
    .map((candidate) => ({ candidate, score: seen.filter((path) => candidate.has(path)).length }))
    .sort((a, b) => b.score - a.score || compareVersions(versionOf(b.candidate), versionOf(a.candidate)));
  return scored[0] && { id: scored[0].candidate.id, reason: "seenObjects" };
}

const versionOf = ({ name }: ModelCandidate): string => name.slice(name.indexOf(":") + 1);

function serviceNames(evidence: ModelEvidence, claims: readonly Claim[]): string[] {
  const claimed = claims.map(({ family }) => family).filter((family) => family.endsWith("Service"));
  return [...new Set([...(evidence.services ?? []), ...claimed])];
}

function serviceChoice(
  name: string,
  evidence: ModelEvidence,
  claims: readonly Claim[],
  candidates: readonly ModelCandidate[],
): ModelChoice | undefined {
  const fitting = candidates.filter((candidate) => candidate.isService && candidate.rootName === name);
  const exact = namedOrTyped(evidence, fitting);
  if (exact) return exact;
  const standard = fitting.filter((candidate) => candidate.deviceTypeUuid === undefined);
  for (const { family, version, reason } of claims) {
    const found = family === name ? nearest(family, version, standard) : undefined;
    if (found) return choose(found, reason, version);
  }
  const newest = standard.sort((a, b) => compareVersions(versionOf(b), versionOf(a)))[0];
  return newest && { id: newest.id, reason: "service" };
}
