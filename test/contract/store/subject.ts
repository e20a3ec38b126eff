import { expect } from "@jest/globals";
import type { ErrorCode } from "../../../kernel/errors.ts";
import type { Collection, Document, Store } from "../../../platform/store/port.ts";

/** A document of the tests: any field. */
export interface Anything extends Document {
  [field: string]: unknown;
}

export interface StoreFixture {
  readonly store: Store;
  /** Lets so much time pass that expired documents are gone, or waits until `isGone`. */
  expire(isGone: () => Promise<boolean>): Promise<void>;
  /** Stops the store and removes its data. */
  destroy(): Promise<void>;
}

export interface Subject {
  readonly fixture: StoreFixture;
  /** A collection that no other test uses. */
  fresh(): Collection<Anything>;
}

export const expectCode = (promise: Promise<unknown>, code: ErrorCode): Promise<void> =>
  expect(promise).rejects.toMatchObject({ name: "StewardError", code });

/** The ids of the documents, in their order. */
export const ids = (documents: readonly Document[]): string[] => documents.map(({ _id }) => _id);
