import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Query, updateOne } from "mingo";
import { compileFilter } from "../../../../../platform/store/embedded/filter.ts";
import { compileUpdate } from "../../../../../platform/store/embedded/update.ts";
import { copyDocument } from "../../../../../platform/store/values.ts";
import * as arbitrary from "./arbitraries.ts";

const options = { scriptEnabled: false } as const;

/** `mingo`, an independent implementation of the query language, as the oracle. */
describe("the embedded engine and mingo", () => {
  it("agree on which documents match a filter", () => {
    fc.assert(
      fc.property(arbitrary.document, arbitrary.filter, (document, filter) => {
        expect(compileFilter(filter)(document)).toBe(new Query(filter, options).test(document));
      }),
      { numRuns: 3_000 },
    );
  });

  it("agree on what an update makes of a document", () => {
    fc.assert(
      fc.property(arbitrary.document, fc.array(arbitrary.update, { minLength: 1, maxLength: 4 }), (source, updates) => {
        const ours = copyDocument(source) as Record<string, unknown>;
        const theirs = [copyDocument(source) as Record<string, unknown>];
        for (const update of updates) {
          const refused = attempt(() => updateOne(theirs, {}, forOracle(update), {}, options));
          const weRefuse = attempt(() => compileUpdate(update).apply(ours, false));
          if (refused || weRefuse) return;
        }
        expect(ours).toEqual(theirs[0]);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The oracle takes "" for a field to be unset. */
const forOracle = (update: Record<string, Record<string, unknown>>): Record<string, Record<string, unknown>> =>
  update["$unset"] === undefined
    ? update
    : { $unset: Object.fromEntries(Object.keys(update["$unset"]).map((path) => [path, ""])) };

function attempt(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}
