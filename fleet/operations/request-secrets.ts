import type { OperationRequest } from "./model.ts";

/** Stands where a secret was taken out of a request. */
export const BLANK = "********";

/** The place of a secret in the request: the keys that lead to it, as JSON. */
export type RequestSecrets = Record<string, string>;

/** Whether the value of the parameter is a secret: by the data model, or by its name. */
export type IsSecret = (path: string) => boolean;

type Place = (string | number)[];

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Passwords, values of secret parameters (ours, and CWMP's `Name`/`Value`), and URLs with credentials. */
function isSecretField(key: string, value: string, parent: Record<string, unknown>, isSecret: IsSecret): boolean {
  if (/^(?:password|passphrase|secret)$/i.test(key)) return value !== "";
  if (/url$/i.test(key)) return /^[a-z][a-z0-9+.-]*:\/\/[^/]*@/i.test(value);
  if (key === "value") return typeof parent["path"] === "string" && isSecret(parent["path"]);
  return false;
}

function* secretsIn(node: unknown, place: Place, isSecret: IsSecret): Generator<[Place, string]> {
  if (Array.isArray(node)) {
    for (const [index, item] of node.entries()) yield* secretsIn(item, [...place, index], isSecret);
    return;
  }
  if (!isRecord(node)) return;
  const named = typeof node["Name"] === "string" && isSecret(node["Name"]);
  for (const [key, value] of Object.entries(node)) {
    if (named && key === "Value") yield* textsIn(value, [...place, key]);
    else if (typeof value === "string") {
      if (isSecretField(key, value, node, isSecret)) yield [[...place, key], value];
    } else yield* secretsIn(value, [...place, key], isSecret);
  }
}

/** `Value` may be text, or an object with its type and text. */
function* textsIn(node: unknown, place: Place): Generator<[Place, string]> {
  if (typeof node === "string") yield [place, node];
  else if (isRecord(node) && typeof node["value"] === "string") yield [[...place, "value"], node["value"]];
}

function put(root: unknown, place: Place, value: string): void {
  let node = root as Record<string | number, unknown>;
  for (const key of place.slice(0, -1)) node = node[key] as Record<string | number, unknown>;
  node[place.at(-1)!] = value;
}

/** The request with its secrets blanked, and the secrets; the request itself when it has none. */
export function blankSecrets(
  request: OperationRequest,
  isSecret: IsSecret,
): { request: OperationRequest; secrets?: RequestSecrets } {
  const found = [...secretsIn(request, [], isSecret)];
  if (found.length === 0) return { request };
  const blanked = structuredClone(request);
  for (const [place] of found) put(blanked, place, BLANK);
  return {
    request: blanked,
    secrets: Object.fromEntries(found.map(([place, value]) => [JSON.stringify(place), value])),
  };
}

export function restoreSecrets(request: OperationRequest, secrets: RequestSecrets): OperationRequest {
  const whole = structuredClone(request);
  for (const [place, value] of Object.entries(secrets)) put(whole, JSON.parse(place) as Place, value);
  return whole;
}
