import type { Document, Filter, GatheredCollection, GatheredQuery, Update } from "../port.ts";
import { compileProjection } from "../projection.ts";
import { copyDocument, copyFilter } from "../values.ts";
import { documentKey, isLegalId } from "./environment.ts";
import { compileFilter } from "./filter.ts";
import { findEqual } from "./find-equal.ts";
import { encodeKey, shortenKey } from "./keys.ts";
import { findFirst, getById, insert, remove, type Target, updateInPlace } from "./mutations.ts";
import { findNow } from "./query.ts";
import type { Session } from "./session.ts";
import { compileUpdate } from "./update.ts";
import { Written } from "./written.ts";

/** Here every write is gathered already (see `Writer`), and a read is a look into memory. */
export class EmbeddedGathered<D extends Document> implements GatheredCollection<D> {
  readonly #name: string;
  readonly #session: Session;
  readonly #written = new Written();

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
    const compiled = compileUpdate(update);
    const matches = guard && compileFilter(copyFilter(guard));
    return this.#session.write(this.#name, (target) => {
      if (!isLegalId(id)) return false;
      const stored = target.context.environment.getBinaryFast(documentKey(target.info.prefix, id));
      if (stored === undefined) return false;
      const document = this.#written.find(id, stored) ?? getById(target, id)!;
      if (matches?.(document) === false) return false;
      this.#written.forget(id);
      const bytes = updateInPlace(target, document, compiled);
      // V8 is slow ever after with an object that has lost a field.
      if (bytes !== undefined && !compiled.removes) this.#written.keep(id, bytes, document);
      return true;
    });
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
