import {
  boolean,
  choice,
  id,
  instant,
  integer,
  list,
  object,
  page,
  paging,
  removable,
  type Shape,
  text,
} from "../../http/schema.ts";
import { canSchema } from "../../policy.ts";
import { reasonSchema } from "../operations/reason.ts";

const name = text({ max: 64 });
export const protocol = choice(["cwmp", "usp", "lwm2m", "omadm"]);
export const admission = choice(["preprovisioned", "active", "quarantined", "rejected"]);
const tag = text({ min: 1, max: 64, pattern: '^[^\\s,()"]+$' });
const tags = { ...list(tag, { max: 100 }), uniqueItems: true };
const alias = text({ min: 1, max: 128 });
const validation = choice(["strict", "standard", "off"]);
const informIntervalSeconds = integer(1, 2_592_000);

export const identitySchema = object(
  {
    oui: text({ min: 6, max: 6, pattern: "^[0-9A-Fa-f]{6}$" }),
    productClass: name,
    serialNumber: text({ min: 1, max: 64 }),
  },
  { manufacturer: name },
  "DeviceIdentity",
);

/** What a device says of itself may break the rules for what a caller may say. */
const seenIdentity = object({ oui: text(), productClass: text(), serialNumber: text() }, { manufacturer: text() });

const contactSchema = object(
  { firstAt: instant, lastAt: instant, reasons: list(text()), count: integer(1, Number.MAX_SAFE_INTEGER) },
  { nextExpectedAt: instant, remoteAddress: text() },
);

export const deviceSchema = object(
  {
    id,
    identity: seenIdentity,
    endpoints: list(object({ key: text({ max: 512 }), protocol })),
    admission,
    online: choice(["online", "offline", "never"]),
    inSession: boolean("A conversation holds the device now"),
    tags: list(text()),
    groupIds: list(id),
    createdAt: instant,
    version: integer(0, Number.MAX_SAFE_INTEGER, "Also the ETag"),
    can: canSchema,
  },
  {
    alias: text(),
    parentId: id,
    hardwareVersion: text(),
    softwareVersion: text(),
    modelName: text(),
    provisioningCode: text(),
    dataModels: list(text()),
    validation,
    contact: contactSchema,
    informIntervalSeconds: integer(0, Number.MAX_SAFE_INTEGER),
    traceUntil: instant,
    holdUntil: instant,
    why: list(reasonSchema),
  },
  "Device",
);
export type DeviceBody = Shape<typeof deviceSchema>;
export const devicePage = page("DevicePage", deviceSchema);

export const deviceQuery = object(
  {},
  {
    ...paging,
    filter: text({ max: 8192, description: "Filter language, see docs/api.md" }),
    sort: choice(["lastContact", "-lastContact", "serialNumber", "createdAt", "-createdAt"]),
  },
);

export const countQuery = object({}, { filter: text({ max: 8192 }) });
export const countSchema = object(
  { count: integer(0, 10_000), exact: boolean("false: there are more than count") },
  {},
  "DeviceCount",
);

export const newDeviceSchema = object(
  { identity: identitySchema },
  { protocol, alias, tags, parentId: id },
  "NewDevice",
);
export type NewDeviceBody = Shape<typeof newDeviceSchema>;

/** A merge patch (RFC 7396): `null` removes. */
export const devicePatchSchema = {
  ...object(
    {},
    {
      alias: removable(alias),
      tags,
      admission: choice(["active", "quarantined", "rejected"]),
      parentId: removable(id),
      validation: removable(validation),
      holdUntil: removable(instant),
      informIntervalSeconds: removable(informIntervalSeconds),
    },
    "DevicePatch",
  ),
  minProperties: 1,
};
export type DevicePatchBody = Shape<typeof devicePatchSchema>;

export const whySchema = object({ reasons: list(reasonSchema) }, {}, "Why");
