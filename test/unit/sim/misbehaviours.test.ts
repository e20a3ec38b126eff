import { describe, expect, it } from "@jest/globals";
import { misbehaviourNames, misbehaviours } from "../../../sim/cpe/misbehaviours.ts";
import { envelopes } from "./misbehaviours/envelopes.ts";
import { http } from "./misbehaviours/http.ts";
import { parameters } from "./misbehaviours/parameters.ts";
import { sessions } from "./misbehaviours/sessions.ts";
import type { Shows } from "./misbehaviours/show.ts";
import { transfers } from "./misbehaviours/transfers.ts";
import { stage } from "./stage.ts";

const shows: Shows = { ...http, ...envelopes, ...sessions, ...parameters, ...transfers };

/** Those of the listener are shown by connection-request.test.ts. */
const here = misbehaviourNames.filter((name) => !name.startsWith("connection-request-"));

describe("a CPE that misbehaves shows on the wire what the table says", () => {
  it.each(here.map((name) => [name, misbehaviours[name].doc] as const))("%s: %s", async (name) => {
    const show = shows[name];
    expect(show).toBeDefined();
    await show!((options) => stage({ misbehave: [name], ...options }));
  });

  it("and nothing else is shown", () => {
    expect(Object.keys(shows).filter((name) => !(here as string[]).includes(name))).toEqual([]);
  });
});
