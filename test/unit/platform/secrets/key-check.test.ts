import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { requireSecretKey } from "../../../../platform/secrets/key-check.ts";
import { createSecrets } from "../../../../platform/secrets/secrets.ts";
import { openEmbedded } from "../../../../platform/store/embedded/store.ts";
import type { Store } from "../../../../platform/store/port.ts";

const [first, second] = ["a".repeat(32), "b".repeat(32)];

describe("the data's secret key", () => {
  let directory: string;
  let store: Store;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "steward-key-check-"));
    store = openEmbedded(directory);
    await store.start();
  });
  afterEach(async () => {
    await store.stop();
    await rm(directory, { recursive: true });
  });

  const refused = {
    code: "configuration.invalid",
    message: expect.stringMatching(/STEWARD_SECRET_KEY.*secret\.key.*STEWARD_SECRET_KEY_PREVIOUS/s),
  };

  it("is the one that it was first used with; no other is let in, and none replaces it unseen", async () => {
    await requireSecretKey(store, createSecrets(first));
    await expect(requireSecretKey(store, createSecrets(second))).rejects.toMatchObject(refused);
    await requireSecretKey(store, createSecrets(first));
  });

  it("changes when the earlier one comes along, after which that one alone is not enough", async () => {
    await requireSecretKey(store, createSecrets(first));
    await requireSecretKey(store, createSecrets(second, [first]));
    await requireSecretKey(store, createSecrets(second));
    await expect(requireSecretKey(store, createSecrets(first))).rejects.toMatchObject(refused);
  });
});
