import { describe, expect, it, jest } from "@jest/globals";
import { describeStoreContract } from "./contract.ts";
import { mongodbUrl, onDirectory, onMongodb } from "./fixtures.ts";
import { describeOutage } from "./outage.ts";

jest.setTimeout(30_000);

describeStoreContract("the embedded engine", onDirectory);

if (mongodbUrl) {
  const url = mongodbUrl;
  describeStoreContract("MongoDB", () => onMongodb(url));
  describeOutage(url);
} else {
  describe("store on MongoDB", () => {
    const hint =
      "STEWARD_TEST_MONGODB_URL is not set; with `docker compose up -d mongodb` it is mongodb://steward:$MONGODB_PASSWORD@127.0.0.1:27017/?authSource=admin";
    if (process.env["STEWARD_TEST_REQUIRE_ENGINES"] === "1") it("has its server", () => expect(hint).toBe(""));
    else {
      console.log(hint);
      it.skip("needs a server", () => undefined);
    }
  });
}
