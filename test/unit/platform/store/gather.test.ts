import { describe, expect, it } from "@jest/globals";
import { StewardError } from "../../../../kernel/errors.ts";
import { Gatherer, WriteGatherer, type WriteOutcome } from "../../../../platform/store/gather.ts";

const away = new StewardError("engine.unavailable", "away");
const limits = { delay: 0, busyDelay: 0, maxBatch: 3, maxRunning: 1, maxOpen: 8 };

/** Calls that the test answers one by one. */
class Calls<Request, Result> {
  readonly list: { requests: readonly Request[]; resolve(results: Result[]): void; reject(error: unknown): void }[] =
    [];
  #waiters: (() => void)[] = [];

  readonly take = (requests: readonly Request[]): Promise<Result[]> =>
    new Promise((resolve, reject) => {
      this.list.push({ requests, resolve, reject });
      for (const waiter of this.#waiters.splice(0)) waiter();
    });

  async nth(n: number): Promise<(typeof this.list)[number]> {
    while (this.list.length <= n) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    return this.list[n]!;
  }
}

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: { code: string }) => error.code,
  );

describe("a gatherer of reads", () => {
  it("makes one call of a turn's requests, and one of what came while it ran", async () => {
    const calls = new Calls<string, string>();
    const gatherer = new Gatherer({ ...limits, load: calls.take });
    const first = ["a", "b", "c", "d"].map((key) => gatherer.ask(key));
    const one = await calls.nth(0);
    expect(one.requests).toEqual(["a", "b", "c"]);
    first.push(gatherer.ask("e"));
    one.resolve(["A", "B", "C"]);
    const two = await calls.nth(1);
    expect(two.requests).toEqual(["d", "e"]);
    two.resolve(["D", "E"]);
    expect(await Promise.all(first)).toEqual(["A", "B", "C", "D", "E"]);
  });

  it("gives up what waited through a call that found the engine away, and takes new requests", async () => {
    const calls = new Calls<string, string>();
    const gatherer = new Gatherer({ ...limits, load: calls.take });
    const waiting = ["a", "b", "c", "d"].map((key) => code(gatherer.ask(key)));
    const one = await calls.nth(0);
    const late = gatherer.ask("e");
    one.reject(away);
    expect(await Promise.all(waiting)).toEqual(Array(4).fill("engine.unavailable"));
    (await calls.nth(1)).resolve(["E"]);
    expect(await late).toBe("E");
    expect(calls.list[1]!.requests).toEqual(["e"]);
  });

  it("refuses more requests than may be open, until some are answered", async () => {
    const calls = new Calls<string, string>();
    const gatherer = new Gatherer({ ...limits, maxBatch: 8, load: calls.take });
    const open = Array.from({ length: 8 }, (_, n) => gatherer.ask(`${n}`));
    expect(await code(gatherer.ask("x"))).toBe("engine.unavailable");
    (await calls.nth(0)).resolve(Array(8).fill("y"));
    await Promise.all(open);
    const again = gatherer.ask("z");
    (await calls.nth(1)).resolve(["Z"]);
    expect(await again).toBe("Z");
  });
});

describe("when many shared the last call", () => {
  const busy = { ...limits, maxBatch: 8, busyDelay: 15 };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it("a read waits for company, and a single one before did not", async () => {
    const calls = new Calls<string, string>();
    const gatherer = new Gatherer({ ...busy, load: calls.take });
    for (const [n, requests] of [["a"], ["b", "c", "d", "e"]].entries()) {
      const asked = requests.map((request) => gatherer.ask(request));
      await turn();
      expect(calls.list[n]?.requests).toEqual(requests);
      calls.list[n]!.resolve(requests);
      await Promise.all(asked);
    }
    const early = gatherer.ask("f");
    await turn();
    const late = gatherer.ask("g");
    const shared = await calls.nth(2);
    expect(shared.requests).toEqual(["f", "g"]);
    shared.resolve(["F", "G"]);
    expect(await Promise.all([early, late])).toEqual(["F", "G"]);
  });

  it("a write waits for company", async () => {
    const calls = new Calls<string, WriteOutcome>();
    const gatherer = new WriteGatherer<string>({ ...busy, write: calls.take });
    const first = ["a", "b", "c", "d"].map((id) => gatherer.add(id, id));
    (await calls.nth(0)).resolve(Array(4).fill({ applied: true }));
    await Promise.all(first);
    const early = gatherer.add("e", "e");
    await turn();
    const late = gatherer.add("f", "f");
    const shared = await calls.nth(1);
    expect(shared.requests).toEqual(["e", "f"]);
    shared.resolve([{ applied: true }, { applied: true }]);
    expect(await Promise.all([early, late])).toEqual([true, true]);
  });
});

describe("a gatherer of writes", () => {
  const options = limits;

  it("has one write of a document under way at a time, in order, and does not let others wait for it", async () => {
    const calls = new Calls<string, WriteOutcome>();
    const gatherer = new WriteGatherer<string>({ ...options, maxRunning: 2, write: calls.take });
    const writes = [gatherer.add("a", "a1"), gatherer.add("a", "a2"), gatherer.add("b", "b1")];
    const one = await calls.nth(0);
    expect(one.requests).toEqual(["a1", "b1"]);
    writes.push(gatherer.add("c", "c1"), gatherer.add("a", "a3"));
    const two = await calls.nth(1);
    expect(two.requests).toEqual(["c1"]);
    one.resolve([{ applied: true }, { applied: false }]);
    const three = await calls.nth(2);
    expect(three.requests).toEqual(["a2"]);
    two.resolve([{ applied: true }]);
    three.resolve([{ applied: true }]);
    const four = await calls.nth(3);
    expect(four.requests).toEqual(["a3"]);
    four.resolve([{ applied: true }]);
    expect(await Promise.all(writes)).toEqual([true, true, false, true, true]);
  });

  it("settles each by its own outcome", async () => {
    const gatherer = new WriteGatherer<string>({
      ...options,
      write: async (operations) =>
        operations.map((name) => (name === "bad" ? { error: new StewardError("internal", name) } : { applied: true })),
    });
    expect(
      await Promise.all([gatherer.add("a", "good"), code(gatherer.add("b", "bad")), gatherer.add("c", "good")]),
    ).toEqual([true, "internal", true]);
  });

  it("gives up what waited through a call that found the engine away", async () => {
    const calls = new Calls<string, WriteOutcome>();
    const gatherer = new WriteGatherer<string>({ ...options, maxBatch: 8, write: calls.take });
    const waiting = ["a", "b", "c", "b", "a"].map((id) => code(gatherer.add(id, id)));
    (await calls.nth(0)).reject(away);
    expect(await Promise.all(waiting)).toEqual(Array(5).fill("engine.unavailable"));
    const next = gatherer.add("a", "a");
    (await calls.nth(1)).resolve([{ applied: true }]);
    expect(await next).toBe(true);
  });

  it("refuses more writes than may be open", async () => {
    const calls = new Calls<string, WriteOutcome>();
    const gatherer = new WriteGatherer<string>({ ...options, write: calls.take });
    const open = Array.from({ length: 8 }, () => gatherer.add("a", "a"));
    expect(await code(gatherer.add("b", "b"))).toBe("engine.unavailable");
    for (let n = 0; n < 8; n++) (await calls.nth(n)).resolve([{ applied: true }]);
    expect(await Promise.all(open)).toEqual(Array(8).fill(true));
  });
});
