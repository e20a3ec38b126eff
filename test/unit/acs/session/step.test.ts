import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Effect } from "../../../../acs/session/effects.ts";
import type { SessionEvent } from "../../../../acs/session/events.ts";
import { createSession, move, parseSession, type Session, serialiseSession } from "../../../../acs/session/session.ts";
import { isLegalMove, moves, type SessionState } from "../../../../acs/session/states.ts";
import { step } from "../../../../acs/session/step.ts";
import { seconds } from "../../../../kernel/time.ts";

const limits = { inactivity: seconds(60), total: seconds(600), rpcs: 5, requests: 5, extraEmptyPost: false };
const fresh = (changes: Partial<Session["limits"]> = {}, heartbeat = false): Session =>
  createSession(
    {
      id: "s1",
      endpointKey: "cwmp:00D0FF-A-1",
      principal: { kind: "anonymous" },
      remoteAddress: "192.0.2.1",
      namespace: "urn:dslforum-org:cwmp-1-2",
      version: "1.2",
      model: { oui: "00D0FF", productClass: "A" },
      limits: { ...limits, ...changes },
      heartbeat,
    },
    0,
  );

const posted = { digest: "d", connectionId: "c" };
const inform: SessionEvent = { type: "informReceived", id: "1", ...posted };
const empty: SessionEvent = { type: "emptyReceived", ...posted, digest: "" };
const rpc: SessionEvent = { type: "rpcChosen", id: "r1", method: "Reboot", operationId: "o1", repeatable: false };

function play(session: Session, ...events: SessionEvent[]): [Session, Effect["do"][]] {
  let done: Effect["do"][] = [];
  let current = session;
  for (const event of events) {
    const [next, effects] = step(current, event, 1);
    current = next;
    done = effects.map((effect) => effect.do);
  }
  return [current, done];
}

describe("step", () => {
  it("reads like the table: Inform, empty POST, RPC, response, nothing left", () => {
    const trail: [SessionState, string[]][] = [];
    let session = fresh();
    for (const event of [
      inform,
      empty,
      rpc,
      { type: "responseReceived", method: "Reboot", id: "r1", digest: "x", connectionId: "c" },
      { type: "nothingChosen" },
    ] as SessionEvent[]) {
      const [next, effects] = step(session, event, 1);
      session = next;
      trail.push([session.state, effects.map((effect) => effect.do)]);
    }
    expect(trail).toEqual([
      ["cpeTurn", ["openContact", "answerInform"]],
      ["acsTurn", ["chooseWork"]],
      ["awaitingReply", ["storeProgress", "sendRpc"]],
      ["acsTurn", ["deliverResponse", "chooseWork"]],
      ["ended", ["closeContact", "sendEmpty"]],
    ]);
  });

  it("a session begins with nothing but an Inform", () => {
    expect(play(fresh(), empty)).toEqual([fresh(), ["refuse"]]);
  });

  it("a heartbeat ends with the first empty POST", () => {
    expect(play(fresh({}, true), inform, empty)[1]).toEqual(["closeContact", "sendEmpty"]);
  });

  it("after 8005 the identical request is taken again", () => {
    const request: SessionEvent = {
      type: "requestReceived",
      method: "Kicked",
      id: "k",
      digest: "k",
      connectionId: "c",
    };
    const refused: SessionEvent = { type: "requestRefused", faultCode: 8005 };
    expect(play(fresh(), inform, request, refused, { type: "replySent", status: 200, body: "f" }, request)[1]).toEqual([
      "takeRequest",
    ]);
    const internal: SessionEvent = { type: "requestRefused", faultCode: 8002 };
    expect(play(fresh(), inform, request, internal, { type: "replySent", status: 200, body: "f" }, request)[1]).toEqual(
      ["replay"],
    );
  });

  it("too many requests of the CPE abort", () => {
    const events: SessionEvent[] = Array.from({ length: 6 }, (_, i) => ({
      type: "unknownRequestReceived",
      method: "X",
      digest: `${i}`,
      connectionId: "c",
    }));
    const [session, effects] = play(fresh(), inform, ...events);
    expect([session.state, effects]).toEqual(["aborted", ["closeContact", "refuse"]]);
  });

  it("a retransmission that never stops aborts", () => {
    const sent: SessionEvent = { type: "replySent", status: 200, body: "x" };
    const [session] = play(fresh(), inform, sent, ...Array.from({ length: 11 }, () => inform));
    expect(session.state).toBe("aborted");
  });

  it("a model that wants one more empty POST gets an empty 200 first", () => {
    const [session, effects] = play(fresh({ extraEmptyPost: true }), inform, empty, { type: "nothingChosen" });
    expect([session.state, effects]).toEqual(["cpeTurn", ["sendEmpty", "keepLease"]]);
    expect(play(session, empty, { type: "nothingChosen" })[0].state).toBe("ended");
  });

  it("move refuses what the table does not have", () => {
    expect(() => move(fresh(), "ended")).toThrow();
  });

  it("a long reply is not carried to another worker, and its retransmission there is refused", () => {
    const session = play(fresh(), inform, { type: "replySent", status: 200, body: "x".repeat(10_000) })[0];
    const moved = parseSession(serialiseSession(session))!;
    expect(serialiseSession(session).length).toBeLessThan(2_000);
    expect(play(moved, inform)[1]).toEqual(["closeContact", "refuse"]);
  });

  it("what is no session is not taken for one", () => {
    for (const text of [
      "",
      "null",
      "1",
      "{}",
      '{"v":1}',
      '{"v":2,"id":"a","state":"cpeTurn"}',
      '{"v":1,"id":"a","state":"toString"}',
    ]) {
      expect(parseSession(text)).toBeUndefined();
    }
  });
});

const id = fc
  .option(fc.constantFrom("r1", "1", "x"), { nil: undefined })
  .map((one) => (one === undefined ? {} : { id: one }));
const body = fc.record({ digest: fc.constantFrom("a", "b", "c", ""), connectionId: fc.constantFrom("c1", "c2") });
const method = fc.constantFrom("Reboot", "TransferComplete", "GetParameterValues");
const wire = fc
  .tuple(
    fc.constantFrom(
      "informReceived",
      "requestReceived",
      "unknownRequestReceived",
      "badArgumentsReceived",
      "responseReceived",
      "faultReceived",
      "emptyReceived",
      "emptyReceived",
      "malformedReceived",
    ),
    method,
    id,
    body,
  )
  .map(([type, name, withId, posted]) => ({ type, method: name, reason: "bad", ...withId, ...posted }) as SessionEvent);
const inner = fc.oneof(
  fc.constantFrom<SessionEvent>(
    { type: "requestTaken", body: {} },
    { type: "requestRefused", faultCode: 8002 },
    { type: "requestRefused", faultCode: 8005 },
    rpc,
    rpc,
    { type: "rpcWithdrawn" },
    { type: "nothingChosen" },
    { type: "choiceTookTooLong" },
    { type: "replySent", status: 200, body: "text" },
    { type: "replySent", status: 204 },
    { type: "timedOut" },
    { type: "superseded" },
    { type: "contactRefused" },
    { type: "leaseLost" },
    { type: "engineFailed" },
    { type: "drainStarted" },
  ),
);
const events = fc.array(fc.tuple(fc.oneof(wire, wire, inner), fc.nat(100_000)), { maxLength: 40 });

describe("any sequence of events", () => {
  it("moves only along the table, never throws, and survives JSON at every step", () => {
    fc.assert(
      fc.property(events, fc.boolean(), (sequence, extraEmptyPost) => {
        let [session] = step(fresh({ extraEmptyPost }), inform, 0);
        let now = 0;
        for (const [event, passed] of sequence) {
          now += passed;
          const [next] = step(session, event, now);
          const steps = reachable(session.state, next.state);
          expect(steps).toBe(true);
          const [again] = step(parseSession(serialiseSession(session))!, event, now);
          expect(again.state).toBe(next.state);
          session = next;
        }
      }),
      { numRuns: 500 },
    );
  });

  it("an aborted session stays aborted, and a wire event always leads to a reply or to work that does", () => {
    const leads = new Set([
      "answerInform",
      "answerRequest",
      "answerFault",
      "takeRequest",
      "chooseWork",
      "sendRpc",
      "resendRpc",
      "sendEmpty",
      "replay",
      "refuse",
    ]);
    fc.assert(
      fc.property(events, wire, (sequence, last) => {
        let [session] = step(fresh(), inform, 0);
        for (const [event] of sequence) {
          const wasAborted = session.state === "aborted";
          [session] = step(session, event, 0);
          if (wasAborted) expect(session.state).toBe("aborted");
        }
        expect(step(session, last, 0)[1].some((effect) => leads.has(effect.do))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** One step makes at most two moves: a withdrawn RPC goes back to our turn and may end there. */
const reachable = (from: SessionState, to: SessionState): boolean =>
  from === to || isLegalMove(from, to) || moves[from].some((between) => isLegalMove(between, to));
