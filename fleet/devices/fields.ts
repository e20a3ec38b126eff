import type { Instant } from "../../kernel/time.ts";
import type { Filter } from "../../platform/store/port.ts";
import { onlineFilters } from "./online.ts";

/** A field of the filter language. `paths`: where it is stored; a device matches when one of them does. */
export type DeviceField =
  | { kind: "text"; paths: readonly string[]; doc: string }
  | { kind: "list"; paths: readonly [string]; doc: string }
  | { kind: "time" | "duration"; paths: readonly [string]; doc: string }
  | { kind: "state"; states: Readonly<Record<string, (now: Instant) => Filter>>; doc: string };

const text = (doc: string, ...paths: string[]): DeviceField => ({ kind: "text", paths, doc });
const list = (doc: string, path: string): DeviceField => ({ kind: "list", paths: [path], doc });
const time = (doc: string, path: string): DeviceField => ({ kind: "time", paths: [path], doc });

/** What devices can be filtered by, beside searchable parameters. The API's documentation and the console read it too. */
export const deviceFields: Readonly<Record<string, DeviceField>> = {
  id: text("Steward's own id", "_id"),
  serial: text("serial number", "identity.serialNumber"),
  oui: text("manufacturer's OUI, six upper-case hexadecimal digits", "identity.oui"),
  productClass: text("product class", "identity.productClass"),
  manufacturer: text("manufacturer", "identity.manufacturer"),
  model: text("model name or product class", "modelName", "identity.productClass"),
  firmware: text("software version", "softwareVersion"),
  hardware: text("hardware version", "hardwareVersion"),
  provisioningCode: text("provisioning code", "provisioningCode"),
  alias: text("the name an operator gave it", "alias"),
  admission: text("preprovisioned, active, quarantined or rejected", "admission"),
  address: text("remote address of the last contact", "contact.remoteAddress"),
  protocol: list("protocol of an endpoint", "endpoints.protocol"),
  parent: text("id of the device behind which it lives", "parentId"),
  tag: list("a tag", "tags"),
  group: list("id of a group", "groupIds"),
  dataModel: list("a data model that it follows", "dataModels"),
  lastContact: time("last contact", "contact.lastAt"),
  firstContact: time("first contact", "contact.firstAt"),
  nextContact: time("when it is expected", "contact.nextExpectedAt"),
  booted: time("last boot that it told", "bootedAt"),
  created: time("when it became known", "createdAt"),
  heldUntil: time("until when its operations are held", "holdUntil"),
  informInterval: { kind: "duration", paths: ["informInterval"], doc: "periodic interval" },
  state: { kind: "state", states: onlineFilters, doc: "online, offline or never (seen)" },
};
