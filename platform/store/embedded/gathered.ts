import type { Document, Filter, GatheredCollection, GatheredQuery, Update } from "../port.ts";
import { compileProjection } from "../projection.ts";
import { copyDocument, copyFilter } from "../values.ts";
import { documentKey } from "./environment.ts";
import { findEqual } from "./find-equal.ts";
import { encodeKey, shortenKey } from "./keys.ts";
import { findFirst, getById, insert, remove, type Target } from "./mutations.ts";
import { findNow } from "./query.ts";
import type { Session } from "./session.ts";
import { compileUpdate } from "./update.ts";
import { guardedUpdate, updateFields } from "./update-fields.ts";

/** Here every write is gathered already (see `Writer`), and a read is a look into memory. */
export class EmbeddedGathered<D extends Document> implements GatheredCollection<D> {
  readonly #name: string;
  readonly #session: Session;

  constructor(name: string, session: Session) {
    this.#name = name;
    this.#session = session;
  }

  async findByKey(value: string, field = "_id"): Promise<D | undefined> {
    const find = (target: Target): Document | undefined =>
      field === "_id" ? getById(target, value) : findByUniqueKey(target, value, field);
    return (this.#session.look(this.#name, find) ?? this.#session.read(this.#name, find)) as D | undefined;
  }

  async findAllByKey(value: string, field: string, query: GatheredQuery): Promise<D[]> {
    const documents = this.#session.read(
      this.#name,
      (target) => findEqual(target, field, value, query) ?? findPlanned(target, field, value, query),
    );
    if (documents === undefined || documents.length === 0 || query.projection === undefined)
      return (documents ?? []) as D[];
    return documents.map(compileProjection(query.projection)) as D[];
  }

  async insertOne(document: D): Promise<void> {
    const copy = copyDocument(document);
    await this.#session.write(this.#name, (target) => insert(target, copy));
  }

  async updateById(id: string, update: Update, guard?: Filter): Promise<boolean> {
    const guarded = guardedUpdate(compileUpdate(update), guard && copyFilter(guard));
    return this.#session.write(this.#name, (target) => updateFields(target, id, guarded));
  }

  async deleteById(id: string): Promise<void> {
    await this.#session.write(this.#name, (target) => {
      const document = getById(target, id);
      if (document !== undefined) remove(target, document);
    });
  }
}

function findPlanned(
  { context, info }: Target,
  field: string,
  value: string,
  { where, sort, limitEach }: GatheredQuery,
): Document[] {
  const filter = where === undefined ? { [field]: value } : { $and: [{ [field]: value }, where] };
  return findNow(context.environment, info, filter, {
    ...(sort && { sort }),
    ...(limitEach !== undefined && { limit: limitEach }),
  });
}

function findByUniqueKey(target: Target, value: string, field: string): Document | undefined {
  const { environment } = target.context;
  const index = target.info.indexes.find(
    ({ unique, partial, paths }) => unique && partial === undefined && paths.length === 1 && paths[0] === field,
  );
  if (index === undefined) return findFirst(target, { [field]: value });
  const id = environment.get(shortenKey(encodeKey(index.prefix, [value], index.directions))) as string | undefined;
  return id === undefined ? undefined : (environment.get(documentKey(target.info.prefix, id)) as Document | undefined);
}
