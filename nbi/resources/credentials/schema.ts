import { choice, either, id, list, object, type Shape, text } from "../../http/schema.ts";
import { canSchema } from "../../policy.ts";

const endpointKey = text({
  min: 1,
  max: 512,
  pattern: "^[a-z0-9]+:.",
  description: "As in a device's endpoints: the protocol, a colon and the id there, cwmp:OUI-ProductClass-SerialNumber",
});
const name = text({ min: 1, max: 64 });
const groupScope = object({ group: name, identity: object({}, { oui: name, productClass: name }) }, {}, "GroupScope");
const endpointScope = object({ endpointKey }, {}, "EndpointScope");
const purpose = choice(
  ["authentication", "connectionRequest"],
  "What the device proves itself with, or what we prove ourselves with to the device",
);
const username = text({ min: 1, max: 256 });

export const newCredentialSchema = object(
  {
    scope: either(object({ deviceId: id }, {}, "DeviceScope"), endpointScope, groupScope),
    purpose,
    username,
    secret: text({ min: 1, max: 256, description: "Never shown again" }),
  },
  {},
  "NewCredential",
);
export type NewCredentialBody = Shape<typeof newCredentialSchema>;

export const credentialSchema = object(
  { id, scope: either(endpointScope, groupScope), purpose, username, can: canSchema },
  {},
  "Credential",
);
export type CredentialBody = Shape<typeof credentialSchema>;
export const credentialList = object({ items: list(credentialSchema, { max: 100_000 }) }, {}, "CredentialList");
export const credentialQuery = object({}, { deviceId: id, endpointKey });
