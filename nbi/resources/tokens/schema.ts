import { id, instant, list, object, type Shape, text } from "../../http/schema.ts";
import { canSchema } from "../../policy.ts";

const name = text({ min: 1, max: 64 });
const grant = text({
  min: 1,
  max: 64,
  pattern: "^(\\*|[a-z]+:(\\*|[a-z]+))$",
  description: "A permission, an area (devices:*) or *",
});
const grants = list(grant, { min: 1, max: 100 });

const fields = {
  id,
  name: text(),
  permissions: grants,
  hint: text({ max: 16, description: "Its last characters" }),
  createdAt: instant,
  createdBy: text(),
  can: canSchema,
};
const times = { expiresAt: instant, revokedAt: instant, revokedBy: text(), lastUsedAt: instant };

export const tokenSchema = object(fields, times, "Token");
export type TokenBody = Shape<typeof tokenSchema>;
export const tokenList = object({ items: list(tokenSchema, { max: 100_000 }), can: canSchema }, {}, "TokenList");

export const newTokenSchema = object({ name, permissions: grants }, { expiresAt: instant }, "NewToken");
/** Shown this once. */
export const createdTokenSchema = object(
  { ...fields, secret: text({ description: "The token itself, shown this once" }) },
  times,
  "CreatedToken",
);

export const meSchema = object({ name: text(), permissions: list(text()) }, { tokenId: id }, "Me");
