import { StewardError } from "../../../kernel/errors.ts";
import { defined } from "../../http/defined.ts";
import { instantIn } from "../../http/instant.ts";
import { invalid } from "../../http/problem.ts";
import { noContent, ok, route } from "../../http/route.ts";
import { covers, isGrant } from "../../permissions.ts";
import { canOf, requireState } from "../../policy.ts";
import type { NbiServices } from "../../ports.ts";
import { type SeenToken, seenTogether, tokenActions, tokenPolicy } from "./policy.ts";
import { presentToken } from "./presenter.ts";
import { createdTokenSchema, meSchema, newTokenSchema, tokenList } from "./schema.ts";

const me = route({
  method: "GET",
  path: "/me",
  id: "me.get",
  summary: "Who this token stands for and what it may do",
  action: tokenPolicy.me,
  answers: { 200: { description: "The token's name and permissions", schema: meSchema } },
  async handle({ caller: { name, permissions, tokenId } }) {
    return ok(defined({ name, permissions, tokenId }));
  },
});

const list = route({
  method: "GET",
  path: "/tokens",
  id: "tokens.list",
  summary: "List API tokens, without the tokens themselves",
  action: tokenPolicy.list,
  answers: { 200: { description: "Newest first, revoked ones too", schema: tokenList } },
  async handle({ services, caller: { permissions }, now }) {
    const tokens = seenTogether(await services.access.tokens.list());
    const can = canOf({ create: tokenPolicy.create }, undefined, permissions, now);
    return ok({ items: tokens.map((token) => presentToken(token, permissions, now)), can });
  },
});

async function seenToken({ access }: NbiServices, tokenId: string): Promise<SeenToken> {
  const token = seenTogether(await access.tokens.list()).find(({ id }) => id === tokenId);
  if (token === undefined) throw new StewardError("resource.notFound", "there is no such token");
  return token;
}

/** Known permissions only, and none that the caller does not have. */
function requireGrants(wanted: readonly string[], held: readonly string[]): void {
  const unknown = wanted.flatMap((grant, at) =>
    isGrant(grant) ? [] : [{ pointer: `/permissions/${at}`, detail: `there is no permission ${grant}` }],
  );
  if (unknown.length > 0) throw invalid(unknown);
  const beyond = wanted.find((grant) => !covers(held, grant));
  if (beyond !== undefined) {
    throw new StewardError("permission.missing", `you cannot hand out ${beyond} without holding it`, {
      details: { permission: beyond },
    });
  }
}

const create = route({
  method: "POST",
  path: "/tokens",
  id: "tokens.create",
  summary: "Make an API token; it is shown this once",
  action: tokenPolicy.create,
  body: newTokenSchema,
  answers: { 201: { description: "The token", schema: createdTokenSchema } },
  async handle({ body: { name, permissions, ...rest }, services, caller, now, note }) {
    note(name, { permissions });
    requireGrants(permissions, caller.permissions);
    const expiresAt = instantIn(rest.expiresAt);
    if (expiresAt !== undefined && expiresAt <= now) {
      throw invalid([{ pointer: "/expiresAt", detail: "expiresAt must lie in the future" }]);
    }
    const { token, secret } = await services.access.tokens.create(
      defined({ name, permissions, expiresAt }),
      caller.name,
    );
    note(token.id, { name, permissions });
    const seen = await seenToken(services, token.id);
    return { status: 201, body: { ...presentToken(seen, caller.permissions, now), secret } };
  },
});

const revoke = route({
  method: "DELETE",
  path: "/tokens/{tokenId}",
  id: "tokens.revoke",
  summary: "Revoke an API token at once",
  action: tokenPolicy.revoke,
  answers: { 204: { description: "Revoked" } },
  async handle({ params: { tokenId }, services, caller, now }) {
    requireState(tokenActions.revoke, await seenToken(services, tokenId), now);
    await services.access.tokens.revoke(tokenId, caller.name);
    return noContent;
  },
});

export const tokenRoutes = [me, list, create, revoke];
