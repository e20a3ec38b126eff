import fc from "fast-check";
import type { ParameterObservation, ParameterPatch } from "../../../../fleet/parameters/model.ts";

/** A small tree, so that patches meet each other. */
const objects = ["Device.", "Device.A.", "Device.A.1.", "Device.A.2.", "Device.A.10.", "Device.B."];
const leaves = ["X", "Name", "Key-Name", "__proto__", "Ünïcode name"];
const paths = [...objects, ...objects.flatMap((object) => leaves.map((leaf) => object + leaf))];

const observation = fc.record(
  {
    path: fc.constantFrom(...paths),
    type: fc.constantFrom("string" as const, "unsignedInt" as const, "dateTime" as const),
    value: fc.constantFrom("", "0", "false", 'q"uo\\te', "line\nbreak", "18446744073709551615"),
    writable: fc.boolean(),
    notification: fc.integer({ min: 0, max: 6 }),
    accessList: fc.constantFrom<readonly string[]>([], ["Subscriber"]),
  },
  { requiredKeys: ["path"] },
);

/** As a conversation makes them: each path once, values only for parameters. */
const observations = fc
  .uniqueArray(observation, { maxLength: 12, selector: ({ path }) => path })
  .map((seen) =>
    seen.map(
      ({ value, ...rest }): ParameterObservation =>
        value === undefined || rest.path.endsWith(".") ? rest : { ...rest, value },
    ),
  );

const valuesOnly = fc
  .uniqueArray(observation, { minLength: 1, maxLength: 6, selector: ({ path }) => path })
  .map((seen) =>
    seen.map(({ path, type, value }): ParameterObservation => ({ path, ...(type && { type }), value: value ?? "v" })),
  );

const subtrees = fc.uniqueArray(fc.constantFrom("", ...objects), { maxLength: 2 });

const kinds: fc.Arbitrary<Omit<ParameterPatch, "at">>[] = [
  fc.record({ source: fc.constant("inform" as const), observations: valuesOnly }),
  fc.record({ source: fc.constant("written" as const), observations: valuesOnly, unconfirmed: fc.constant(true) }),
  fc.record({ source: fc.constant("read" as const), observations, complete: subtrees }),
  fc.record({ source: fc.constant("discover" as const), observations, complete: subtrees, removed: subtrees }),
  fc.record({ source: fc.constant("read" as const), observations: fc.constant([]), removed: subtrees }),
];

/** Patches in the order in which they are given; several may carry the same time. */
export const patches = fc
  .array(fc.tuple(fc.oneof(...kinds), fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 14 })
  .map((made) => {
    let at = Date.UTC(2026, 10, 22, 12);
    return made.map(([patch, later]): ParameterPatch => ({ ...patch, at: (at += later) }));
  });
