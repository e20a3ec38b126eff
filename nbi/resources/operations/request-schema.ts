import type { OperationKind } from "../../../fleet/operations/model.ts";
import { parameterTypes } from "../../../kernel/value.ts";
import {
  anything,
  boolean,
  choice,
  constant,
  id,
  integer,
  list,
  object,
  parameterPath,
  record,
  type Schema,
  type Shape,
  text,
  variants,
} from "../../http/schema.ts";
import { jsonValue } from "../parameters/schema.ts";

const MAX_SECONDS = 4_294_967_295;
const objectPath = text({
  min: 2,
  pattern: "\\.$",
  format: "parameter-path",
  description: "An object, with its last dot",
});
const url = text({ min: 1, max: 2048, format: "uri" });
const credentials = { username: text(), password: text() };
const fileType = text({ min: 1, max: 64 });
const delaySeconds = integer(0, MAX_SECONDS);

const writeItem = object({ path: parameterPath, value: jsonValue }, { type: choice(parameterTypes) }, "WriteItem");
/** Relative to the instance that is made. */
const newValue = object(
  { path: text({ min: 1 }), value: jsonValue },
  { type: choice(parameterTypes) },
  "NewInstanceValue",
);
const attributeItem = object(
  { path: parameterPath },
  { notification: integer(0, 6), accessList: list(text({ max: 64 }), { max: 16 }) },
  "AttributeItem",
);
const window = object(
  { startSeconds: delaySeconds, endSeconds: delaySeconds, mode: text({ min: 1, max: 64 }) },
  { userMessage: text(), maxRetries: integer(-1, 1000) },
  "TransferWindow",
);
const transfer = { fileId: id, url, ...credentials, delaySeconds };
const uuid = text({ min: 1, max: 36 });
const version = text({ max: 32 });
const executionEnvironment = text();
const softwareItem = variants(
  "action",
  [
    object({ action: constant("install"), url }, { uuid, ...credentials, executionEnvironment }),
    object({ action: constant("update") }, { uuid, version, url, ...credentials }),
    object({ action: constant("uninstall"), uuid }, { version, executionEnvironment }),
  ],
  "SoftwareItem",
);

const kind = <K extends OperationKind>(name: K) => ({ kind: constant(name) });

/** One shape per kind; `values` take JSON's text, numbers and booleans. */
export const requestSchemas = {
  read: object({ ...kind("read"), paths: list(parameterPath, { min: 1, max: 1000 }) }),
  write: object({ ...kind("write"), values: list(writeItem, { min: 1, max: 1000 }) }, { readBack: boolean() }),
  create: object({ ...kind("create"), path: objectPath }, { values: list(newValue, { max: 1000 }) }),
  delete: object({ ...kind("delete"), path: objectPath }),
  discover: object({ ...kind("discover"), path: parameterPath }, { nextLevel: boolean(), values: boolean() }),
  setAttributes: object({ ...kind("setAttributes"), attributes: list(attributeItem, { min: 1, max: 1000 }) }),
  readAttributes: object({ ...kind("readAttributes"), paths: list(parameterPath, { min: 1, max: 1000 }) }),
  reboot: object(kind("reboot")),
  factoryReset: object(kind("factoryReset")),
  scheduleContact: object({ ...kind("scheduleContact"), delaySeconds: integer(1, MAX_SECONDS) }),
  download: object(
    { ...kind("download"), fileType },
    {
      ...transfer,
      fileSize: integer(0, MAX_SECONDS),
      targetFileName: text(),
      windows: list(window, { min: 1, max: 2 }),
      expectedVersion: text({ max: 64 }),
    },
  ),
  upload: object({ ...kind("upload"), fileType }, { url, ...credentials, delaySeconds }),
  cancelTransfer: object({ ...kind("cancelTransfer"), operationId: id }),
  listTransfers: object(kind("listTransfers")),
  software: object({ ...kind("software"), operations: list(softwareItem, { min: 1, max: 16 }) }),
  capabilities: object(kind("capabilities")),
  raw: object({
    ...kind("raw"),
    method: text({ min: 1, max: 64, pattern: "^[A-Za-z][A-Za-z0-9_]*$" }),
    arguments: record(anything),
  }),
  wake: object(kind("wake")),
} as const satisfies Record<OperationKind, Schema<{ kind: OperationKind }>>;

export const operationKinds = Object.keys(requestSchemas) as OperationKind[];

/** The variants with more fields beside those of the kind. */
export const withKinds = <O extends Readonly<Record<string, Schema>>>(optional: O, title: string) =>
  variants(
    "kind",
    Object.values(requestSchemas).map((schema) => ({
      ...schema,
      properties: { ...schema.properties, ...optional },
    })) as (typeof requestSchemas)[OperationKind][],
    title,
  ) as Schema<RequestBody & { [K in keyof O]?: Shape<O[K]> }>;

export type RequestBody = Shape<(typeof requestSchemas)[OperationKind]>;
