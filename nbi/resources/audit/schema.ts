import { anything, choice, id, instant, object, page, paging, record, type Shape, text } from "../../http/schema.ts";

export const auditSchema = object(
  {
    id,
    at: instant,
    by: text(),
    action: text({ description: "resource.verb, the operationId" }),
    outcome: choice(["done", "refused", "failed"]),
  },
  { tokenId: id, target: text(), requestId: text(), remoteAddress: text(), details: record(anything) },
  "AuditEntry",
);
export type AuditBody = Shape<typeof auditSchema>;
export const auditPage = page("AuditPage", auditSchema);
export const auditQuery = object(
  {},
  { ...paging, by: text({ max: 64 }), action: text({ max: 64 }), target: text({ max: 256 }) },
);
