import type { ValidationFinding } from "../../../fleet/operations/model.ts";
import { defined } from "../../http/defined.ts";
import { choice, object, type Shape, text } from "../../http/schema.ts";

/** What a data model says against one item of a request; an error refuses the request. */
export const findingSchema = object(
  { path: text({ max: 4096 }), severity: choice(["error", "warning"]), code: text(), rule: text({ max: 65_536 }) },
  { expected: text({ max: 65_536 }), given: text({ max: 4096 }) },
  "Finding",
);
export type FindingBody = Shape<typeof findingSchema>;

export const presentFinding = ({ path, severity, code, rule, expected, given }: ValidationFinding): FindingBody =>
  defined({ path, severity, code, rule, expected, given });
