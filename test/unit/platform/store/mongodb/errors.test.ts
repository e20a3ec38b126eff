import { describe, expect, it } from "@jest/globals";
import {
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  type TopologyDescription,
} from "mongodb";
import { StewardError } from "../../../../../kernel/errors.ts";
import { isClientSide, isDuplicateId, isUndone, translate } from "../../../../../platform/store/mongodb/errors.ts";

const answer = (code: number, errmsg: string): MongoServerError => new MongoServerError({ code, errmsg });

describe("an error of the driver", () => {
  it.each([
    [
      "a duplicate",
      answer(11000, "E11000 duplicate key error collection: s.devices index: k_1 dup key: { k: 1 }"),
      "engine.duplicateKey",
    ],
    [
      "DocumentDB's duplicate of an upsert",
      answer(1, 'duplicate key value violates unique constraint "collection_pk_2"'),
      "engine.duplicateKey",
    ],
    [
      "DocumentDB's duplicate of a race",
      answer(1, 'conflicting key value violates exclusion constraint "documents_rum_index_4"'),
      "engine.duplicateKey",
    ],
    [
      "DocumentDB's unique index over duplicates",
      answer(1, 'could not create exclusion constraint "documents_rum_index_6"'),
      "engine.duplicateKey",
    ],
    ["FerretDB without its own database", answer(1, "failed to connect to host"), "engine.unavailable"],
    ["a primary that steps down", answer(10107, "not primary"), "engine.unavailable"],
    ["a write that could not be made durable", answer(64, "waiting for replication timed out"), "engine.unavailable"],
    ["a broken connection", new MongoNetworkError("closed"), "engine.unavailable"],
    ["no server", new MongoServerSelectionError("none", {} as TopologyDescription), "engine.unavailable"],
    ["a client that is closed", new MongoTopologyClosedError(), "engine.unavailable"],
    ["a client that is not connected", new MongoNotConnectedError("no"), "engine.unavailable"],
    ["a request that the server does not understand", answer(40, "conflict at 'n'"), "internal"],
    ["a request that the driver refuses", new MongoInvalidArgumentError("no"), "internal"],
    ["anything else", new Error("what"), "internal"],
  ])("%s is told in the port's codes, with its cause", (_, error, code) => {
    const translated = translate("devices", error);
    expect(translated).toBeInstanceOf(StewardError);
    expect(translated).toMatchObject({ code, cause: error });
  });

  it("that is the port's own stays what it is", () => {
    const own = new StewardError("engine.unavailable", "closed");
    expect(translate("devices", own)).toBe(own);
  });

  it("tells a duplicate _id from a duplicate of another index", () => {
    expect(
      isDuplicateId(answer(11000, "E11000 duplicate key error collection: s.c index: _id_ dup key: { _id: 1 }")),
    ).toBe(true);
    expect(isDuplicateId(answer(11000, "Duplicate key violation on the requested collection: Index '_id_'"))).toBe(
      true,
    );
    expect(isDuplicateId(answer(11000, "E11000 duplicate key error collection: s.c index: _id_1_k_1 dup key"))).toBe(
      false,
    );
    expect(isDuplicateId(answer(11000, "Duplicate key violation on the requested collection: Index 'u_1'"))).toBe(
      false,
    );
  });

  it("tells what was never sent from what was", () => {
    expect(isClientSide(new MongoInvalidArgumentError("too large"))).toBe(true);
    expect(isClientSide(new MongoNotConnectedError("no"))).toBe(false);
    expect(isClientSide(new MongoNetworkError("closed"))).toBe(false);
    expect(isClientSide(answer(1, "x"))).toBe(false);
  });

  it("tells what the server has undone", () => {
    expect(isUndone(answer(1, "deadlock detected"))).toBe(true);
    expect(isUndone(answer(1, "failed to connect"))).toBe(false);
    // As FerretDB 2.7 answers a replaceOne: SQLSTATE 40P01.
    expect(isUndone(answer(16_908_292, "deadlock detected"))).toBe(true);
    expect(isUndone(answer(16_777_220, "could not serialize access due to concurrent update"))).toBe(true);
    expect(translate("devices", answer(16_908_292, "deadlock detected")).code).toBe("engine.unavailable");
  });
});
