import { Query } from "mingo";
import type { Collection, Cursor, Document, Filter, Store, Update } from "../../../../platform/store/port.ts";

type Methods<D extends Document> = Pick<
  Collection<D>,
  "name" | "find" | "findOne" | "insertOne" | "updateOne" | "deleteOne"
> & {
  gathered: Pick<Collection<D>["gathered"], "findByKey" | "updateById">;
};

/** The part of the store that files and wakes use, in memory: documents are copied in and out, as an engine would. */
export function memoryStore(): Store & { documents: (name: string) => Document[] } {
  const collections = new Map<string, Document[]>();
  const documents = (name: string): Document[] => {
    if (!collections.has(name)) collections.set(name, []);
    return collections.get(name)!;
  };
  return {
    engine: "embedded",
    collection: <D extends Document>(name: string) =>
      collectionOf<D>(name, documents(name)) as unknown as Collection<D>,
    ping: async () => undefined,
    start: async () => undefined,
    stop: async () => undefined,
    documents,
  };
}

function collectionOf<D extends Document>(name: string, all: Document[]): Methods<D> {
  const matching = (filter: Filter): D[] => all.filter((document) => new Query(filter).test(document)) as D[];
  const collection: Methods<D> = {
    name,
    find(filter, { sort = {}, limit = 0 } = {}) {
      const [field = "_id", direction = 1] = Object.entries(sort)[0] ?? [];
      const order = (a: D, b: D): number => (String(a[field]) < String(b[field]) ? -direction : direction);
      const found = matching(filter)
        .toSorted(order)
        .slice(0, limit || undefined);
      return { toArray: async () => structuredClone(found) } as Cursor<D>;
    },
    findOne: async (filter) => structuredClone(matching(filter)[0]),
    async insertOne(document) {
      all.push(structuredClone(document));
    },
    async updateOne(filter, update, { upsert = false } = {}) {
      const [found] = matching(filter);
      if (found !== undefined) apply(found, update);
      else if (upsert) all.push(apply({ _id: String(filter["_id"]), ...update.$setOnInsert }, update));
      return { matchedCount: found ? 1 : 0, modifiedCount: found ? 1 : 0 };
    },
    async deleteOne(filter) {
      const [found] = matching(filter);
      if (found === undefined) return 0;
      all.splice(all.indexOf(found), 1);
      return 1;
    },
    gathered: {
      findByKey: async (value, field = "_id") => structuredClone(matching({ [field]: value })[0]),
      updateById: async (id, update, guard = {}) =>
        (await collection.updateOne({ _id: id, ...guard }, update)).matchedCount === 1,
    },
  };
  return collection;
}

function apply(document: Document, { $set = {}, $unset = {} }: Update): Document {
  for (const field of Object.keys($unset)) delete document[field];
  return Object.assign(document, structuredClone($set));
}
