import { StewardError } from "../../kernel/errors.ts";
import type { Document, Store } from "../store/port.ts";
import type { Secrets } from "./secrets.ts";

interface KeyDocument extends Document {
  /** A text that whoever has the data's key can open. */
  sealed: string;
}

const ID = "secretKey";
const TEXT = "steward";

/**
 * Rejects with `configuration.invalid` when the data's secrets were sealed with a key that is not at hand: otherwise each
 * of them would fail where it is used, and new ones would be sealed with a key that the other processes do not have.
 */
export async function requireSecretKey(store: Store, secrets: Pick<Secrets, "seal" | "open" | "isOutdated">) {
  const meta = store.collection<KeyDocument>("meta");
  await meta.updateOne({ _id: ID }, { $setOnInsert: { sealed: secrets.seal(TEXT, ID) } }, { upsert: true });
  const { sealed } = (await meta.findOne({ _id: ID }))!;
  try {
    secrets.open(sealed, ID);
  } catch (cause) {
    throw new StewardError(
      "configuration.invalid",
      "The secrets in the data were sealed with another secret key: give the right one in STEWARD_SECRET_KEY, or put the " +
        "secret.key of the data folder back; one that was replaced belongs in STEWARD_SECRET_KEY_PREVIOUS",
      { cause },
    );
  }
  if (secrets.isOutdated(sealed)) await meta.updateOne({ _id: ID }, { $set: { sealed: secrets.seal(TEXT, ID) } });
}
