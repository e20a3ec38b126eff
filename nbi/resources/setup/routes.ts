import { StewardError } from "../../../kernel/errors.ts";
import { route } from "../../http/route.ts";
import { seenTogether } from "../tokens/policy.ts";
import { presentToken } from "../tokens/presenter.ts";
import { createdTokenSchema } from "../tokens/schema.ts";
import { setupPolicy } from "./policy.ts";
import { setupSchema } from "./schema.ts";

const consume = route({
  method: "POST",
  path: "/setup",
  id: "setup.consume",
  summary: "Exchange the one-time setup token for the first administrator's token",
  action: setupPolicy.consume,
  body: setupSchema,
  answers: { 201: { description: "The token, shown this once", schema: createdTokenSchema } },
  async handle({ body: { setupToken, name = "administrator" }, services, now, note }) {
    const made = await services.access.setup.consume(setupToken, name);
    if (made === undefined) throw new StewardError("authentication.required", "the setup token is wrong or used up");
    note(made.token.id, { name });
    const [seen] = seenTogether([made.token]);
    return { status: 201, body: { ...presentToken(seen!, made.token.permissions, now), secret: made.secret } };
  },
});

export const setupRoutes = [consume];
