import type { AuditDocument } from "../../../fleet/access/model.ts";
import { defined } from "../../http/defined.ts";
import { toIso } from "../../http/instant.ts";
import { ok, route } from "../../http/route.ts";
import { DEFAULT_LIMIT } from "../../http/schema.ts";
import { auditPolicy } from "./policy.ts";
import { type AuditBody, auditPage, auditQuery } from "./schema.ts";

const present = ({
  _id,
  at,
  by,
  tokenId,
  action,
  target,
  requestId,
  remoteAddress,
  outcome,
  details,
}: AuditDocument): AuditBody =>
  defined({ id: _id, at: toIso(at), by, tokenId, action, target, requestId, remoteAddress, outcome, details });

const list = route({
  method: "GET",
  path: "/audit",
  id: "audit.list",
  summary: "Read what was done by whom, newest first",
  action: auditPolicy.list,
  query: auditQuery,
  answers: { 200: { description: "A page of entries", schema: auditPage } },
  async handle({ query: { limit = DEFAULT_LIMIT, ...query }, services }) {
    const { items, next } = await services.access.audit.list({ ...query, limit });
    return ok(defined({ items: items.map(present), next }));
  },
});

export const auditRoutes = [list];
