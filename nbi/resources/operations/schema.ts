import type { OperationState } from "../../../fleet/operations/model.ts";
import {
  anything,
  boolean,
  choice,
  duration,
  either,
  id,
  instant,
  integer,
  list,
  object,
  page,
  paging,
  record,
  type Shape,
  text,
} from "../../http/schema.ts";
import { canSchema } from "../../policy.ts";
import { findingSchema } from "./finding.ts";
import { reasonSchema } from "./reason.ts";
import { operationKinds, withKinds } from "./request-schema.ts";

const states = [
  "queued",
  "active",
  "accepted",
  "unknown",
  "done",
  "failed",
  "expired",
  "cancelled",
] as const satisfies readonly OperationState[];
const state = choice(states);
const wake = choice(["now", "nextContact"], "Whether to wake the device, or to wait until it makes contact by itself");
const priority = integer(1, 100, "1 is first");

const optionsSchema = object(
  {},
  {
    priority,
    notBefore: instant,
    expiresAt: instant,
    wake,
    maxAttempts: integer(1, 100),
  },
  "OperationOptions",
);

export const newOperationSchema = withKinds({ options: optionsSchema }, "NewOperation");
export type NewOperationBody = Shape<typeof newOperationSchema>;

const faultSchema = object(
  { code: text(), message: text({ max: 65_536 }) },
  { native: object({ code: either(text(), integer(0, 4_294_967_295)), text: text({ max: 65_536 }) }) },
  "OperationFault",
);
const itemSchema = object(
  { path: text({ max: 1024 }), outcome: choice(["done", "failed", "unconfirmed"]) },
  { fault: faultSchema },
  "ItemResult",
);

export const operationSchema = object(
  {
    id,
    deviceId: id,
    kind: choice(operationKinds),
    request: record(anything, "As it was asked for; passwords are left out"),
    state,
    priority,
    wake,
    createdAt: instant,
    createdBy: text({ description: "The name of a token; several may have one, see createdByToken" }),
    expiresAt: instant,
    correlator: text({ max: 32 }),
    attempt: integer(0, 1000),
    maxAttempts: integer(1, 1000),
    history: list(object({ at: instant, state }, { note: text({ max: 4096 }) }), { max: 10_000 }),
    can: canSchema,
  },
  {
    createdByToken: id,
    notBefore: instant,
    nextAttemptAt: instant,
    completionDueAt: instant,
    idempotencyKey: text(),
    cancelRequested: boolean(),
    result: record(anything),
    items: list(itemSchema, { max: 100_000 }),
    warnings: list(findingSchema),
    fault: faultSchema,
    finishedAt: instant,
    why: list(reasonSchema),
  },
  "Operation",
);
export type OperationBody = Shape<typeof operationSchema>;
export const operationPage = page("OperationPage", operationSchema);

const filters = {
  state: list(state, { max: states.length }),
  kind: list(choice(operationKinds), { max: operationKinds.length }),
};
export const deviceOperationQuery = object({}, { ...paging, ...filters });
export const operationQuery = object({}, { ...paging, ...filters, deviceId: id });
/** How long to stay open for the outcome; the server has a limit of its own. */
export const waitQuery = object({}, { wait: duration });
