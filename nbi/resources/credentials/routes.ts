import type { Credential } from "../../../fleet/door.ts";
import { StewardError } from "../../../kernel/errors.ts";
import { defined } from "../../http/defined.ts";
import { noContent, ok, route } from "../../http/route.ts";
import { canOf } from "../../policy.ts";
import type { NbiServices } from "../../ports.ts";
import { requireDevice } from "../devices/find.ts";
import { credentialActions, credentialPolicy } from "./policy.ts";
import {
  type CredentialBody,
  credentialList,
  credentialQuery,
  credentialSchema,
  type NewCredentialBody,
  newCredentialSchema,
} from "./schema.ts";

const scopeOf = (scope: Credential["scope"]): CredentialBody["scope"] =>
  "endpointKey" in scope
    ? { endpointKey: scope.endpointKey }
    : { group: scope.group, identity: defined({ oui: scope.identity.oui, productClass: scope.identity.productClass }) };

/** Field by field, so that a secret cannot slip through. */
const present = (
  { id, scope, purpose, username }: Credential,
  grants: readonly string[],
  now: number,
): CredentialBody => ({
  id,
  scope: scopeOf(scope),
  purpose,
  username,
  can: canOf(credentialActions, undefined, grants, now),
});

async function endpointKeyOf(services: NbiServices, deviceId: string): Promise<string> {
  const { endpoints } = await requireDevice(services, deviceId);
  const [first] = endpoints;
  if (first === undefined) throw new StewardError("state.conflict", "the device has no endpoint yet");
  return first.key;
}

async function wantedScope(services: NbiServices, scope: NewCredentialBody["scope"]): Promise<Credential["scope"]> {
  return "deviceId" in scope ? { endpointKey: await endpointKeyOf(services, scope.deviceId) } : scope;
}

const list = route({
  method: "GET",
  path: "/credentials",
  id: "credentials.list",
  summary: "List credentials, without their secrets",
  action: credentialPolicy.list,
  query: credentialQuery,
  answers: { 200: { description: "The credentials", schema: credentialList } },
  async handle({ query: { deviceId, endpointKey }, services, caller, now }) {
    const key = deviceId === undefined ? endpointKey : await endpointKeyOf(services, deviceId);
    const found = await services.fleet.credentials.list(defined({ endpointKey: key }));
    return ok({ items: found.map((credential) => present(credential, caller.permissions, now)) });
  },
});

const put = route({
  method: "PUT",
  path: "/credentials",
  id: "credentials.put",
  summary: "Set a credential of a device or a group; it replaces the one with the same scope and purpose",
  action: credentialPolicy.put,
  body: newCredentialSchema,
  answers: { 200: { description: "The credential, without its secret", schema: credentialSchema } },
  async handle({ body: { scope, purpose, username, secret }, services, caller, now, note }) {
    const wanted = { scope: await wantedScope(services, scope), purpose, username };
    note(username, { scope: wanted.scope, purpose });
    const credential = await services.fleet.credentials.put(wanted, secret);
    note(credential.id, { scope: credential.scope, purpose, username });
    return ok(present(credential, caller.permissions, now));
  },
});

const remove = route({
  method: "DELETE",
  path: "/credentials/{credentialId}",
  id: "credentials.delete",
  summary: "Delete a credential",
  action: credentialPolicy.delete,
  answers: { 204: { description: "Deleted" } },
  async handle({ params, services }) {
    if (await services.fleet.credentials.remove(params.credentialId)) return noContent;
    throw new StewardError("resource.notFound", "there is no such credential");
  },
});

export const credentialRoutes = [list, put, remove];
