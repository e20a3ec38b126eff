import { parameterTypes } from "../../../kernel/value.ts";
import {
  boolean,
  choice,
  either,
  instant,
  integer,
  list,
  object,
  parameterPath,
  type Schema,
  type Shape,
  text,
} from "../../http/schema.ts";

/** Booleans and 32-bit integers are JSON's own; all else is text, exact to the character. */
export const jsonValue = either(
  text({ max: 65_536 }),
  { type: "number" } as Schema<number>,
  { type: "boolean" } as Schema<boolean>,
);

const modelSchema = object(
  {},
  {
    type: text(),
    unit: text(),
    writable: boolean(),
    description: text({ max: 65_536 }),
    limits: list(text({ max: 4096 })),
    hidden: boolean("Its value is never shown"),
  },
  "ParameterModel",
);

export const parameterSchema = object(
  {
    path: text({ description: "With a last dot it is an object, which has no value" }),
    source: choice(["inform", "read", "discover", "written"]),
    state: choice(["seen", "stale", "unconfirmed", "never"]),
  },
  {
    value: jsonValue,
    type: choice(parameterTypes),
    writable: boolean("For an object: whether instances can be created or this one be deleted"),
    notification: integer(0, 6),
    accessList: list(text()),
    readAt: instant,
    model: modelSchema,
  },
  "Parameter",
);
export type ParameterBody = Shape<typeof parameterSchema>;

export const parameterPage = object(
  { items: list(parameterSchema, { max: 10_000 }), total: integer(0, 1_000_000, "Of all pages") },
  { next: text({ max: 1024 }) },
  "ParameterPage",
);

export const parameterQuery = object(
  {},
  {
    path: list(parameterPath, { max: 200 }),
    limit: { ...integer(1, 10_000), default: 1000 },
    cursor: text({ max: 1024 }),
  },
);

/** `Device.WiFi.SSID.{i}.SSID`: a name of the data model. */
export const genericPathSchema = text({
  min: 3,
  pattern: "^[A-Za-z_][A-Za-z0-9_-]*(\\.([A-Za-z_][A-Za-z0-9_-]*|\\{i\\}))*\\.[A-Za-z_][A-Za-z0-9_-]*$",
});
export const searchableSchema = object({ items: list(text()) }, {}, "SearchableParameters");
