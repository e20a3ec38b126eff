import { afterAll, beforeAll, describe } from "@jest/globals";
import { describeBulk } from "./bulk.ts";
import { describeConcurrency } from "./concurrency.ts";
import { describeExpiry } from "./expiry.ts";
import { describeFilters } from "./filters.ts";
import { describeGathered } from "./gathered.ts";
import { describeIndexes } from "./indexes.ts";
import { describeReading } from "./reading.ts";
import type { Anything, StoreFixture, Subject } from "./subject.ts";
import { describeUniqueness } from "./uniqueness.ts";
import { describeUpdates } from "./updates.ts";
import { describeValues } from "./values.ts";
import { describeWriting } from "./writing.ts";

let collections = 0;

/** The store port's contract, the same for every engine. */
export function describeStoreContract(name: string, open: () => Promise<StoreFixture>): void {
  describe(`store on ${name}`, () => {
    let fixture: StoreFixture;
    const subject: Subject = {
      get fixture() {
        return fixture;
      },
      fresh: () => fixture.store.collection<Anything>(`c${++collections}`),
    };
    beforeAll(async () => {
      fixture = await open();
    });
    afterAll(() => fixture.destroy());

    describeValues(subject);
    describeReading(subject);
    describeFilters(subject);
    describeWriting(subject);
    describeUpdates(subject);
    describeBulk(subject);
    describeIndexes(subject);
    describeUniqueness(subject);
    describeGathered(subject);
    describeConcurrency(subject);
    describeExpiry(subject);
  });
}
