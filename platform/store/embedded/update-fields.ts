import { StewardError } from "../../../kernel/errors.ts";
import { splitPath } from "../paths.ts";
import type { Document, Filter } from "../port.ts";
import type { CollectionInfo, Index } from "./catalog.ts";
import { allEntryKeys, replaceDocument } from "./entries.ts";
import { documentKey, isLegalId } from "./environment.ts";
import { compileFilter, fieldsOf, type Predicate } from "./filter.ts";
import type { Target } from "./mutations.ts";
import { encodeName, type FieldPlan, splitFields } from "./stored-fields.ts";
import type { CompiledUpdate } from "./update.ts";

/** An update of one document, known by its id, which touches no more of it than it must. */
export interface GuardedUpdate {
  readonly update: CompiledUpdate;
  readonly guard: { readonly paths: readonly string[]; readonly matches: Predicate } | undefined;
}

export function guardedUpdate(update: CompiledUpdate, guard: Filter | undefined): GuardedUpdate {
  return { update, guard: guard && { paths: fieldsOf(guard), matches: compileFilter(guard) } };
}

interface Plan extends FieldPlan {
  readonly indexes: readonly Index[];
  readonly writtenNames: readonly string[];
}

const plans = new WeakMap<CollectionInfo, Map<string, Plan>>();
const MAX_PLANS = 1_000;

const fieldsIn = (paths: readonly string[]): string[] => [...new Set(paths.map((path) => splitPath(path)[0]!))];

function makePlan(info: CollectionInfo, { update, guard }: GuardedUpdate): Plan {
  const indexes = info.indexesTouchedBy(update.paths);
  // The _id first, as it is stored: a field that is unset is then often the last one, which V8 takes off without harm.
  const read = ["_id", ...update.needs, ...(guard?.paths ?? []), ...indexes.flatMap(({ reads }) => reads)];
  const written = fieldsIn(update.paths);
  return {
    indexes,
    read: fieldsIn(read).map(encodeName),
    written: written.map(encodeName),
    writtenNames: written,
  };
}

/** Updates of one shape need the same fields; there are few shapes. */
function planOf(info: CollectionInfo, guarded: GuardedUpdate): Plan {
  const { update, guard } = guarded;
  const shape = `${update.paths.join()} ${update.needs.join()} ${guard?.paths.join() ?? ""}`;
  let known = plans.get(info);
  if (known === undefined) plans.set(info, (known = new Map<string, Plan>()));
  let plan = known.get(shape);
  if (plan === undefined) {
    if (known.size >= MAX_PLANS) known.clear();
    known.set(shape, (plan = makePlan(info, guarded)));
  }
  return plan;
}

/** Within a write transaction; whether there is such a document and the guard holds. */
export function updateFields(target: Target, id: string, guarded: GuardedUpdate): boolean {
  const { context, info } = target;
  const bytes = isLegalId(id) ? context.environment.getBinaryFast(documentKey(info.prefix, id)) : undefined;
  if (bytes === undefined) return false;
  const { update, guard } = guarded;
  const plan = planOf(info, guarded);
  const fields = splitFields(bytes, plan);
  const document = fields.document as Document;
  if (guard?.matches(document) === false) return false;
  const before = allEntryKeys(plan.indexes, document);
  if (!update.apply(document, false)) return true;
  if (document._id !== id) throw new StewardError("internal", "an update cannot change the _id");
  const written: Record<string, unknown> = {};
  for (const name of plan.writtenNames) if (document[name] !== undefined) written[name] = document[name];
  replaceDocument(context, target, { id, before, after: document, stored: fields.withWritten(written) }, plan.indexes);
  return true;
}
