import type { Actor } from "../access/actor.ts";

/** Whose key it is and the key: the token's, since several may have one name. */
export const idempotencyIdOf = (key: string, { name, tokenId }: Actor): string => `${tokenId ?? name}/${key}`;
