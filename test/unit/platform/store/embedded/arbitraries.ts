import fc from "fast-check";

/** Few values, so that filters match and sorts have ties. */
const scalar = fc.oneof(
  fc.integer({ min: -2, max: 4 }),
  fc.constantFrom("", "a", "b", "ab", "B"),
  fc.boolean(),
  fc.constant(null),
  fc.integer({ min: 0, max: 3 }).map((n) => new Date(1_700_000_000_000 + n)),
);

const nested = fc.record({ p: scalar, q: fc.integer({ min: 0, max: 3 }) }, { requiredKeys: [] });

export const document = fc.record(
  {
    a: scalar,
    b: fc.oneof(scalar, fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })),
    o: nested,
    l: fc.array(nested, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
);

export const paths = ["a", "b", "o.p", "o.q", "l.p", "l.q"] as const;
const path = fc.constantFrom(...paths);
// Null and missing are left to the contract suite: the oracle and MongoDB differ where arrays are on the way.
const operand = scalar.filter((value) => value !== null);

const condition = fc.oneof(
  { weight: 4, arbitrary: operand },
  fc
    .record({ $gt: operand, $lt: operand }, { requiredKeys: [] })
    .filter((operators) => Object.keys(operators).length > 0),
  fc
    .record({ $gte: operand, $lte: operand }, { requiredKeys: [] })
    .filter((operators) => Object.keys(operators).length > 0),
  fc.record({ $in: fc.array(operand, { maxLength: 4 }) }),
  fc.record({ $nin: fc.array(operand, { maxLength: 4 }) }),
  fc.record({ $ne: operand }),
  fc.record({ $eq: operand }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $not: fc.record({ $gt: operand }) }),
  fc.record({ $regex: fc.constantFrom(/^a/, /b/i) }),
);

const simple = fc.dictionary(path, condition, { maxKeys: 3 }) as fc.Arbitrary<Record<string, unknown>>;

export const filter = fc.oneof(
  { weight: 3, arbitrary: simple },
  fc.record({ $or: fc.array(simple, { minLength: 1, maxLength: 3 }) }),
  fc.record({ $and: fc.array(simple, { minLength: 1, maxLength: 3 }) }),
  fc
    .tuple(simple, fc.array(simple, { minLength: 1, maxLength: 2 }))
    .map(([fields, branches]) => ({ ...fields, $nor: branches })),
) as fc.Arbitrary<Record<string, unknown>>;

const direction = fc.constantFrom(1 as const, -1 as const);

/** Ends with the id, so that the order is total. */
export const sort = fc
  .uniqueArray(fc.tuple(fc.constantFrom("a", "o.p", "o.q"), direction), { maxLength: 2, selector: ([field]) => field })
  .map((fields): Record<string, 1 | -1> => ({ ...Object.fromEntries(fields), _id: 1 }));

export const index = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...paths), direction), {
    minLength: 1,
    maxLength: 3,
    selector: ([field]) => field,
  })
  // Two arrays in one index are refused, as by MongoDB.
  .filter((fields) => !(fields.some(([field]) => field === "b") && fields.some(([field]) => field.startsWith("l."))))
  .chain((fields) =>
    fc.record({
      keys: fc.constant(Object.fromEntries(fields) as Record<string, 1 | -1>),
      options: fc.constantFrom(
        {},
        {},
        { sparse: true },
        { partial: { "o.q": { $gte: 1 } } },
        { partial: { a: { $exists: true } } },
      ),
    }),
  );

const small = fc.integer({ min: 0, max: 3 });

/** Documents whose fields have three or four values, or lie in arrays, so that ranges and orders of indexes matter. */
export const crowded = fc.record(
  {
    a: fc.oneof(small, fc.constant(null)),
    b: fc.oneof(small, fc.array(small, { maxLength: 3 })),
    o: fc.record({ p: small, q: small }, { requiredKeys: [] }),
    l: fc.array(fc.record({ p: small, q: small }, { requiredKeys: [] }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

const bounds = fc
  .tuple(small, small, fc.boolean())
  .map(([from, to, open]) => (open ? { $gt: from, $lt: to + 1 } : { $gte: from, $lte: to }));
const demand: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(small, fc.constant(null)) },
  { weight: 3, arbitrary: bounds },
  fc.record({ $gt: small }),
  fc.record({ $lte: small }),
  fc.record({ $in: fc.array(fc.oneof(small, fc.constant(null)), { maxLength: 3 }) }),
  fc.record({ $exists: fc.boolean() }),
);

/** A query that an index over `fields` could serve: conditions on its first fields, ordered by some of its fields. */
export function targeted(fields: Record<string, 1 | -1>) {
  const names = Object.keys(fields);
  const query = fc.record({
    demands: fc.array(demand, { maxLength: names.length }),
    first: fc.integer({ min: 0, max: names.length }),
    reverse: fc.boolean(),
    ordered: fc.boolean(),
    extra: fc.option(fc.record({ "o.q": bounds }), { nil: {} }),
  });
  return query.map(({ demands, first, reverse, ordered, extra }) => {
    const filter: Record<string, unknown> = { ...extra };
    for (const [i, value] of demands.entries()) filter[names[i]!] = value;
    const way = reverse ? -1 : 1;
    const sort: Record<string, 1 | -1> = {};
    if (ordered) for (const name of names.slice(first)) sort[name] = (fields[name]! * way) as 1 | -1;
    sort["_id"] = way;
    return { filter, sort };
  });
}

const number = fc.integer({ min: -3, max: 5 });

export const update = fc.oneof(
  fc.record({ $set: fc.dictionary(fc.constantFrom("a", "o.p", "n", "m.x"), operand, { minKeys: 1, maxKeys: 3 }) }),
  fc.record({
    $unset: fc.dictionary(fc.constantFrom("a", "b", "o.p", "l"), fc.constant(true as const), {
      minKeys: 1,
      maxKeys: 2,
    }),
  }),
  fc.record({ $inc: fc.dictionary(fc.constantFrom("o.q", "n"), number, { minKeys: 1, maxKeys: 2 }) }),
  fc.record({ $push: fc.record({ list: fc.oneof(number, fc.record({ $each: fc.array(number, { maxLength: 3 }) })) }) }),
  // A field of its own, each value once: unlike MongoDB, the oracle makes values unique that were there before.
  fc.record({
    $addToSet: fc.record({ set: fc.oneof(number, fc.record({ $each: fc.uniqueArray(number, { maxLength: 3 }) })) }),
  }),
  fc.record({
    $pull: fc.record({
      list: fc.oneof(number, fc.record({ $gt: number }), fc.record({ $in: fc.array(number, { maxLength: 2 }) })),
    }),
  }),
  fc.record({ $max: fc.record({ n: number }) }),
  fc.record({ $min: fc.record({ n: number }) }),
) as fc.Arbitrary<Record<string, Record<string, unknown>>>;
