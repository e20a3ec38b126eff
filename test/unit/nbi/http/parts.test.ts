import { describe, expect, it } from "@jest/globals";
import { seconds } from "../../../../kernel/time.ts";
import { Buckets } from "../../../../nbi/http/bucket.ts";
import { isDeeperThan } from "../../../../nbi/http/json-body.ts";
import { openApiDocument, withOpenApi } from "../../../../nbi/http/openapi.ts";
import { Waiting } from "../../../../nbi/http/waiting.ts";
import { covers, holds } from "../../../../nbi/permissions.ts";
import { routes } from "../../../../nbi/resources/index.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

describe("buckets", () => {
  it("allow a burst, then a rate, and tell how long to wait", async () => {
    const clock = new VirtualClock();
    const buckets = new Buckets(clock, { perSecond: 2, burst: 3 });
    expect([1, 2, 3, 4].map(() => buckets.take("a"))).toEqual([0, 0, 0, 0.5]);
    expect(buckets.take("b")).toBe(0);
    await clock.advance(seconds(0.5));
    expect([buckets.take("a"), buckets.take("a")]).toEqual([0, 0.5]);
    await clock.advance(seconds(3600));
    expect([1, 2, 3, 4].map(() => buckets.take("a"))).toEqual([0, 0, 0, 0.5]);
  });

  it("forget the key that was idle longest", () => {
    const buckets = new Buckets(new VirtualClock(), { perSecond: 1, burst: 1, maxKeys: 2 });
    expect(["a", "b", "c"].map((key) => buckets.take(key))).toEqual([0, 0, 0]);
    expect([buckets.take("c"), buckets.take("a")]).toEqual([1, 0]);
  });
});

describe("the depth of JSON", () => {
  it.each<[string, number, boolean]>([
    ["[[1]]", 2, false],
    ["[[1]]", 1, true],
    ['{"a":[{}]}', 3, false],
    ['{"a":[{}]}', 2, true],
    ['["[[[[", "\\"[["]', 1, false],
    ["[1],[2],[3]", 1, false],
  ])("of %s is more than %i: %p", (text, max, expected) => {
    expect(isDeeperThan(max, Buffer.from(text))).toBe(expected);
  });
});

describe("waiting", () => {
  it("is bounded in number, and ended by a drain", async () => {
    const waiting = new Waiting(1);
    const never = () => new Promise<string>(() => undefined);
    const first = waiting.for(seconds(1), 0, never);
    expect(waiting.count).toBe(1);
    expect(await waiting.for(seconds(1), 0, never)).toBeUndefined();
    waiting.drain();
    expect(await first).toBeUndefined();
    expect(await waiting.for(seconds(1), 0, () => Promise.resolve("late"))).toBeUndefined();
    expect(waiting.count).toBe(0);
  });
});

describe("grants", () => {
  it("hold one permission, an area or all", () => {
    expect(holds(["devices:read"], "devices:read")).toBe(true);
    expect(holds(["devices:*"], "devices:read")).toBe(true);
    expect(holds(["*"], "system:write")).toBe(true);
    expect(holds(["device:*", "devices:rea", "devices"], "devices:read")).toBe(false);
    expect(holds([], "devices:read")).toBe(false);
  });

  it("cover what may be handed out", () => {
    expect(covers(["*"], "*")).toBe(true);
    expect(covers(["devices:*"], "*")).toBe(false);
    expect(covers(["devices:read", "devices:write", "devices:delete"], "devices:*")).toBe(true);
    expect(covers(["devices:read", "devices:write"], "devices:*")).toBe(false);
  });
});

describe("the OpenAPI document", () => {
  const document = openApiDocument(withOpenApi(routes, "1"), "1");
  const text = JSON.stringify(document);

  it("refers only to what it has", () => {
    const names = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/(schemas|responses)\/(\w+)"/g)].map(
        ([, kind, name]) => `${kind}/${name}`,
      ),
    );
    const { schemas, responses } = (document as { components: Record<string, Record<string, unknown>> })
      .components as Record<string, Record<string, unknown>>;
    const known = new Set([
      ...Object.keys(schemas!).map((name) => `schemas/${name}`),
      ...Object.keys(responses!).map((name) => `responses/${name}`),
    ]);
    expect([...names].filter((name) => !known.has(name))).toEqual([]);
    expect(names.size).toBeGreaterThan(20);
  });

  it("declares every parameter of every path", () => {
    const { paths } = document as {
      paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
    };
    for (const [path, methods] of Object.entries(paths)) {
      for (const operation of Object.values(methods)) {
        const declared = (operation.parameters ?? [])
          .filter((parameter) => parameter.in === "path")
          .map(({ name }) => `{${name}}`);
        expect(declared).toEqual(path.match(/\{\w+\}/g) ?? []);
      }
    }
  });
});
