import {
  anything,
  boolean,
  choice,
  instant,
  integer,
  list,
  object,
  page,
  paging,
  record,
  type Schema,
  type Shape,
  text,
  variants,
} from "../../http/schema.ts";
import { canSchema } from "../../policy.ts";
import { findingSchema } from "../operations/finding.ts";
import { requestSchemas } from "../operations/request-schema.ts";

const long = text({ max: 4096 });
const count = integer(0, 10_000_000);

/** `Device:2.17`, or `Device:2.17~<uuid>` for a device type. */
export const modelId = text({
  min: 3,
  max: 200,
  pattern: "^[A-Za-z_][A-Za-z0-9_-]*:[0-9]+\\.[0-9]+(~[0-9A-Za-z-]{1,64})?$",
});

export const modelSchema = object(
  {
    id: modelId,
    name: text(),
    version: text(),
    isService: boolean("Its objects live below Services."),
    rootName: text(),
    spec: long,
    file: long,
    source: choice(["shipped", "imported"]),
    counts: object({ objects: count, parameters: count, tables: count, profiles: count }),
    can: canSchema,
  },
  {
    base: text({ description: "The model that it extends or narrows" }),
    deviceType: object({ uri: long, uuid: text(), features: list(text(), { max: 1000 }) }),
    importedAt: instant,
    importedBy: text(),
    profiles: list(text(), { max: 2000 }),
  },
  "DataModel",
);
export type ModelBody = Shape<typeof modelSchema>;
export const modelPage = page("DataModelPage", modelSchema);
export const importedSchema = object({ items: list(modelSchema, { max: 400 }) }, {}, "ImportedDataModels");

const uniqueKey = object({ functional: boolean("Only between enabled rows"), parameters: list(text(), { max: 64 }) });

export const nodeSchema = object(
  { path: long, kind: choice(["object", "table", "parameter"]), access: text(), status: text() },
  {
    version: text(),
    description: text({ max: 65_536 }),
    // of objects
    minEntries: count,
    maxEntries: integer(0, 10_000_000, "Absent: unbounded"),
    numEntriesParameter: text(),
    enableParameter: text(),
    uniqueKeys: list(uniqueKey, { max: 64 }),
    parameters: count,
    // of parameters
    type: text(),
    dataType: text(),
    unit: text(),
    list: boolean("A comma-separated list of this type"),
    limits: list(text({ max: 8192 })),
    hidden: boolean("Reads back as a null value"),
    command: boolean("Writing it does something; it reads back as a null value"),
    activeNotify: text(),
    forcedInform: boolean(),
    default: object({ type: text(), value: text({ max: 65_536 }) }),
  },
  "DataModelNode",
);
export type NodeBody = Shape<typeof nodeSchema>;
export const nodePage = object(
  { items: list(nodeSchema, { max: 10_000 }) },
  { next: text({ max: 1024, description: "Give it as cursor for the next page; absent at the end" }) },
  "DataModelNodePage",
);

const below = text({ max: 256, description: "An object with its last dot; absent: the whole model" });
export const treeQuery = object(
  {},
  { ...paging, path: below, depth: choice(["children", "all"], "By default children") },
);
export const searchQuery = object(
  { text: text({ min: 2, max: 128, description: "Words that must all stand in the name" }) },
  { limit: { ...integer(1, 500), default: 50 } },
);

export const changeSchema = object(
  { path: long, kind: choice(["added", "removed", "changed"]) },
  { facts: record(object({}, { from: anything, to: anything }), "What differs, by name of the fact") },
  "DataModelChange",
);
export const diffQuery = object({ to: modelId }, { ...paging, path: below });
export const diffPage = object(
  { items: list(changeSchema, { max: 10_000 }), total: count },
  { next: text({ max: 1024 }) },
  "DataModelDiff",
);

export const mode = choice(["strict", "standard", "off"]);

const checked = ["write", "create", "delete", "setAttributes"] as const;
type CheckedBody = Shape<(typeof requestSchemas)[(typeof checked)[number]]>;

/** What an operation would be, and how strictly to look at it. */
export const validateBody = variants(
  "kind",
  checked.map((kind) => ({ ...requestSchemas[kind], properties: { ...requestSchemas[kind].properties, mode } })),
  "DryRun",
) as Schema<CheckedBody & { mode?: "strict" | "standard" | "off" }>;
export type ValidateBody = Shape<typeof validateBody>;

export const findingsSchema = object(
  { accepted: boolean("No finding is an error"), findings: list(findingSchema, { max: 10_000 }) },
  {},
  "DryRunResult",
);

const choiceSchema = object(
  { id: modelId, reason: text() },
  { claimed: text({ description: "The version that the device claims" }) },
);
export const followedSchema = object({ mode, items: list(choiceSchema) }, {}, "FollowedDataModels");

const oui = text({ min: 1, max: 16 });
const productClass = text({ max: 64 });
export const modeRule = object({ oui, productClass, mode }, {}, "ValidationModeRule");
export const modeRules = object({ items: list(modeRule, { max: 10_000 }) }, {}, "ValidationModeRules");
export const deviceModelQuery = object({ oui, productClass });
