import { idFloor } from "../../kernel/ids.ts";
import { minutes } from "../../kernel/time.ts";
import type { Store } from "../../platform/store/port.ts";
import type { TokenDocument } from "../access/model.ts";
import { type FleetCollections, fleetCollections } from "../schema.ts";
import { idempotencyIdOf } from "./idempotency.ts";
import type { StoredOperation } from "./stored.ts";

/** The request began at most so long before its operation was stored. */
const REQUEST = minutes(10);

/**
 * Until schema version 1 an idempotency key belonged to the name of a token, which several may share. Now it belongs to the
 * token: the only one of that name in its time, else the one that the audit log names. Where neither tells, the key is
 * given up. Repeatable: what is done has a token.
 */
export async function scopeKeysByToken(store: Store): Promise<void> {
  const collections = fleetCollections(store);
  const tokens = await collections.tokens.find({}).toArray();
  const keyed = { idempotencyId: { $exists: true }, createdByToken: { $exists: false } };
  for await (const operation of collections.operations.find(keyed)) {
    const createdByToken = await creatorOf(collections, tokens, operation);
    if (createdByToken === undefined) continue;
    const idempotencyId = idempotencyIdOf(operation.idempotencyKey!, {
      name: operation.createdBy,
      tokenId: createdByToken,
    });
    await collections.operations.updateOne({ _id: operation._id }, { $set: { createdByToken, idempotencyId } });
  }
}

async function creatorOf(
  { audit }: FleetCollections,
  tokens: readonly TokenDocument[],
  { _id, deviceId, createdAt, createdBy }: StoredOperation,
): Promise<string | undefined> {
  const valid = ({ createdAt: from, expiresAt = Infinity, revokedAt = Infinity }: TokenDocument): boolean =>
    from <= createdAt && createdAt < Math.min(expiresAt, revokedAt);
  const named = tokens.filter((token) => token.name === createdBy && valid(token));
  if (named.length <= 1) return named[0]?._id;
  const within = { target: deviceId, _id: { $gte: idFloor(createdAt - REQUEST), $lt: idFloor(createdAt + 1) } };
  const entries = await audit.find(within).toArray();
  return entries.find(({ details }) => details?.["operationId"] === _id && details["created"] === true)?.tokenId;
}
