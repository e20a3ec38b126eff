/** What a token can be allowed, in words for the console and for docs/api.md. */
export const permissions = {
  "devices:read": "List and see devices",
  "devices:write": "Pre-provision, change and admit devices, choose searchable parameters",
  "devices:delete": "Delete devices with all that belongs to them",
  "parameters:read": "Read cached parameters",
  "operations:read": "See operations and their results",
  "operations:write": "Make, cancel and retry operations",
  "operations:reset": "Reset devices to factory defaults",
  "operations:raw": "Send raw protocol messages",
  "events:read": "Read the event log",
  "files:read": "List and download files",
  "files:write": "Store and delete files",
  "credentials:read": "List the credentials of devices, without secrets",
  "credentials:write": "Set and delete the credentials of devices",
  "traces:read": "Read recorded protocol messages",
  "traces:write": "Record protocol messages of a device",
  "models:read": "Browse the data models",
  "models:write": "Import and remove data models",
  "tokens:read": "List API tokens",
  "tokens:write": "Make and revoke API tokens",
  "audit:read": "Read the audit log",
  "system:read": "See health, queues and metrics",
  "system:write": "Retry failed jobs",
} as const satisfies Record<string, string>;

export type Permission = keyof typeof permissions;
export const permissionNames = Object.keys(permissions) as Permission[];

/** `*`, an area (`devices:*`) or one permission. */
export const isGrant = (text: string): boolean =>
  text === "*" || text in permissions || permissionNames.some((name) => `${areaOf(name)}:*` === text);

const areaOf = (permission: string): string => permission.slice(0, permission.indexOf(":"));

export const holds = (grants: readonly string[], wanted: Permission): boolean =>
  grants.includes(wanted) || grants.includes("*") || grants.includes(`${areaOf(wanted)}:*`);

/** Whether whoever holds `grants` may hand out `grant`: nobody gives more than they have. */
export const covers = (grants: readonly string[], grant: string): boolean =>
  grants.includes("*") ||
  (grant !== "*" &&
    permissionNames
      .filter((name) => name === grant || `${areaOf(name)}:*` === grant)
      .every((name) => holds(grants, name)));
