import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { DeviceDocument } from "../../../../fleet/devices/model.ts";
import { operationKinds } from "../../../../fleet/operations/kinds.ts";
import type { OperationDocument, OperationKind, OperationRequest } from "../../../../fleet/operations/model.ts";
import { type Circumstances, queueOrder, reasonsToWait } from "../../../../fleet/operations/readiness.ts";

const NOW = 1_000_000;

const device = (over: Partial<DeviceDocument> = {}): DeviceDocument => ({
  _id: "d",
  identity: { oui: "00259E", productClass: "P", serialNumber: "S" },
  endpoints: [],
  admission: "active",
  tags: [],
  contact: { firstAt: 1, lastAt: NOW - 10, nextExpectedAt: NOW + 50, reasons: [], count: 1 },
  createdAt: 1,
  version: 1,
  ...over,
});

const operation = (over: Partial<OperationDocument> & { kind?: OperationKind } = {}): OperationDocument => {
  const { kind = "write", ...rest } = over;
  return {
    _id: "o1",
    deviceId: "d",
    request: { kind } as OperationRequest,
    state: "queued",
    priority: 50,
    createdAt: NOW - 100,
    createdBy: "t",
    expiresAt: NOW + 10_000,
    wake: "now",
    correlator: "o1",
    attempt: 0,
    maxAttempts: 3,
    history: [{ at: NOW - 100, state: "queued" }],
    ...rest,
  };
};

const circumstances = (over: Partial<Circumstances> = {}): Circumstances => ({
  device: device(),
  aheadOfIt: [],
  queueHealthy: true,
  now: NOW,
  inThisSession: true,
  ...over,
});

const codes = (subject: OperationDocument, over: Partial<Circumstances> = {}): string[] =>
  reasonsToWait(subject, circumstances(over)).map(({ code }) => code);

const anyOperation = fc.record({
  kind: fc.constantFrom(...(Object.keys(operationKinds) as OperationKind[])),
  state: fc.constantFrom(
    "queued" as const,
    "queued" as const,
    "active" as const,
    "accepted" as const,
    "unknown" as const,
  ),
  priority: fc.integer({ min: 1, max: 3 }),
  notBefore: fc.option(fc.integer({ min: NOW - 2, max: NOW + 2 }), { nil: undefined }),
  nextAttemptAt: fc.option(fc.integer({ min: NOW - 2, max: NOW + 2 }), { nil: undefined }),
  attempt: fc.integer({ min: 0, max: 3 }),
});

const anyDevice = fc.record({
  admission: fc.constantFrom("active" as const, "active" as const, "quarantined" as const, "preprovisioned" as const),
  holdUntil: fc.option(fc.integer({ min: NOW - 1, max: NOW + 1 }), { nil: undefined }),
});

const mailbox = fc
  .array(anyOperation, { minLength: 1, maxLength: 8 })
  .map((made) =>
    made.map((one, i) => operation({ _id: `o${i}`, ...one } as Partial<OperationDocument>)).sort(queueOrder),
  );

describe("readiness", () => {
  it("gives every operation that does not start at least one reason, in a session and outside", () => {
    fc.assert(
      fc.property(mailbox, anyDevice, (open, facts) => {
        const holder = device(facts as Partial<DeviceDocument>);
        const reasonsOf = (inThisSession: boolean) =>
          open.map(
            (one, i) =>
              reasonsToWait(one, circumstances({ device: holder, aheadOfIt: open.slice(0, i), inThisSession })).length,
          );
        const startable = reasonsOf(true).filter((count) => count === 0);
        expect(startable.length).toBeLessThanOrEqual(1);
        expect(reasonsOf(false).every((count) => count > 0)).toBe(true);
      }),
    );
  });

  it("lets exactly the first start of operations that nothing but each other holds", () => {
    fc.assert(
      fc.property(mailbox, (made) => {
        const open = made
          .map((one) => operation({ ...one, state: "queued", notBefore: NOW, nextAttemptAt: NOW }))
          .sort(queueOrder);
        const counts = open.map((one, i) => codes(one, { aheadOfIt: open.slice(0, i) }).length);
        expect(counts).toEqual(open.map((_, i) => (i === 0 ? 0 : 1)));
      }),
    );
  });

  it("lets an operation pass one that is scheduled for later, but not one that backs off", () => {
    const later = operation({ _id: "o0", notBefore: NOW + 5 });
    const backingOff = operation({ _id: "o0", attempt: 1, nextAttemptAt: NOW + 5 });
    expect(codes(operation(), { aheadOfIt: [later] })).toEqual([]);
    expect(codes(operation(), { aheadOfIt: [backingOff] })).toEqual(["behindOperation"]);
    expect(codes(backingOff)).toEqual(["backingOff"]);
    expect(codes(later)).toEqual(["notBefore"]);
  });

  it("puts last what only looks and was tried in vain, and nothing that changes the device", () => {
    const order = (...open: Partial<OperationDocument & { kind: OperationKind }>[]): string[] =>
      open
        .map((one) => operation(one))
        .sort(queueOrder)
        .map(({ _id }) => _id);
    const next = { _id: "o9", priority: 100 };
    expect(order(next, { _id: "o1", kind: "read", state: "unknown", attempt: 1 })).toEqual(["o1", "o9"]);
    expect(order(next, { _id: "o1", kind: "read", state: "unknown", attempt: 2 })).toEqual(["o9", "o1"]);
    expect(order(next, { _id: "o1", kind: "discover", state: "unknown", attempt: 2 })).toEqual(["o9", "o1"]);
    expect(order(next, { _id: "o1", kind: "read", attempt: 1, nextAttemptAt: NOW + 5 })).toEqual(["o9", "o1"]);
    expect(order(next, { _id: "o1", kind: "read" })).toEqual(["o1", "o9"]);
    expect(order(next, { _id: "o1", kind: "write", state: "unknown", attempt: 4 })).toEqual(["o1", "o9"]);
  });

  it("tells of what holds others back after a lost answer that it may be cancelled", () => {
    const lost = operation({ _id: "o0", state: "unknown", attempt: 3, nextAttemptAt: NOW + 5 });
    expect(reasonsToWait(operation(), circumstances({ aheadOfIt: [lost] }))).toMatchObject([
      { code: "behindOperation", until: NOW + 5, remedy: expect.stringContaining("cancelled") },
    ]);
    expect(reasonsToWait(operation(), circumstances({ aheadOfIt: [operation({ _id: "o0" })] }))).toEqual([
      { code: "behindOperation", params: { operationId: "o0", kind: "write", state: "queued" }, since: NOW - 100 },
    ]);
  });

  it("tells no time that has passed", () => {
    const late = device({ contact: { firstAt: 1, lastAt: NOW - 90, nextExpectedAt: NOW - 30, reasons: [], count: 1 } });
    const lost = operation({ _id: "o0", state: "unknown", attempt: 1, nextAttemptAt: NOW - 5 });
    const over = { device: late, aheadOfIt: [lost], inThisSession: false };
    const reasons = reasonsToWait(operation({ wake: "nextContact" }), circumstances(over));
    expect(reasons.map(({ code, until }) => [code, until])).toEqual([
      ["behindOperation", undefined],
      ["awaitingContact", undefined],
    ]);
  });

  it("holds transfers behind a transfer that is under way, and lets others pass", () => {
    const download = operation({ _id: "o0", kind: "download", state: "accepted", completionDueAt: NOW + 60 });
    expect(codes(operation({ kind: "upload" }), { aheadOfIt: [download] })).toEqual(["behindOperation"]);
    expect(codes(operation({ kind: "read" }), { aheadOfIt: [download] })).toEqual([]);
    const waiting = operation({ _id: "o1", kind: "download" });
    expect(codes(operation({ _id: "o2", kind: "read" }), { aheadOfIt: [download, waiting] })).toEqual([]);
    expect(codes(download)).toEqual(["awaitingCompletion"]);
  });

  it("holds everything behind a reboot that is under way and behind an unknown outcome", () => {
    expect(codes(operation(), { aheadOfIt: [operation({ _id: "o0", kind: "reboot", state: "accepted" })] })).toEqual([
      "behindOperation",
    ]);
    expect(codes(operation(), { aheadOfIt: [operation({ _id: "o0", state: "unknown" })] })).toEqual([
      "behindOperation",
    ]);
  });

  it("says what the outside waits for: contact, wake, the running session, the queue", () => {
    const outside = { inThisSession: false };
    expect(codes(operation(), outside)).toEqual(["awaitingContact"]);
    expect(codes(operation({ wake: "nextContact" }), { ...outside, wakeState: { since: 1, attempts: 1 } })).toEqual([
      "awaitingContact",
    ]);
    expect(codes(operation(), { ...outside, wakeState: { since: 1, attempts: 1 } })).toEqual(["awaitingWake"]);
    expect(codes(operation(), { ...outside, wakeState: { since: 1, attempts: 2, lastError: "refused" } })).toEqual([
      "wakeFailed",
    ]);
    expect(codes(operation(), { ...outside, queueHealthy: false })).toEqual(["queueUnavailable"]);
    expect(codes(operation(), { ...outside, device: device({ lease: { sessionId: "s", until: NOW + 1 } }) })).toEqual([
      "inSession",
    ]);
    expect(codes(operation({ state: "unknown" }), outside)).toEqual(["outcomeUnknown", "awaitingContact"]);
  });

  it("keeps operations from devices that are not admitted or are held", () => {
    expect(codes(operation(), { device: device({ admission: "quarantined" }) })).toEqual(["deviceNotAdmitted"]);
    expect(codes(operation(), { device: device({ holdUntil: NOW + 1 }) })).toEqual(["deviceHeld"]);
    expect(codes(operation(), { device: device({ holdUntil: NOW }) })).toEqual([]);
  });
});
