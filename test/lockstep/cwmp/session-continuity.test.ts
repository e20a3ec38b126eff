import { describe, expect, it, jest } from "@jest/globals";
import { minutes, seconds } from "../../../kernel/time.ts";
import { settle } from "../../support/virtual-clock.ts";
import { stage } from "./stage.ts";

const READ = { kind: "read", paths: ["Device.DeviceInfo.UpTime"] } as const;
const REBOOT = { kind: "reboot" } as const;
const COMPLETE = {
  CommandKey: "",
  FaultStruct: { FaultCode: 0, FaultString: "" },
  StartTime: "2026-11-22T00:00:00Z",
  CompleteTime: "2026-11-22T00:00:01Z",
};

describe("a byte-identical POST (reply lost, new connection)", () => {
  it("gets the InformResponse again, with its cookie, and opens no second contact", async () => {
    const { cpe, fake } = stage();
    const gateway = cpe({ forgetsCookie: true });
    const first = await gateway.inform();
    const again = await gateway.repost();
    expect(again).toMatchObject({ status: 200, body: first.body, cookie: first.cookie });
    expect(fake.log).toEqual(["contacts.open"]);
  });

  it("of a request gets its response again, and is stored once", async () => {
    const { cpe, fake } = stage();
    const gateway = cpe();
    await gateway.inform();
    const first = await gateway.request("TransferComplete", COMPLETE);
    expect((await gateway.repost()).body).toBe(first.body);
    expect(fake.eventTypes()).toEqual(["transfer.completed"]);
  });

  it("of a response gets the next RPC again, which is not executed as another", async () => {
    const { cpe, fake } = stage();
    const [first, second] = [fake.add(READ), fake.add(REBOOT)];
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    const next = await gateway.values({ "Device.DeviceInfo.UpTime": "7" });
    expect((await gateway.repost()).body).toBe(next.body);
    gateway.asked(next, "Reboot");
    expect((await gateway.respond("Reboot", {})).status).toBe(204);
    expect([first, second].map((one) => fake.operation(one._id).state)).toEqual(["done", "accepted"]);
  });

  it("without an ID, on the same connection, is the answer to the second of two equal RPCs", async () => {
    const { cpe, fake } = stage();
    const paths = ["Device.NAT.PortMapping.1.", "Device.NAT.PortMapping.2."];
    const operations = paths.map((path) => fake.add({ kind: "delete", path }));
    const gateway = cpe();
    await gateway.inform();
    const gone = gateway.text({ kind: "response", name: "DeleteObject", body: { Status: 0 } }, undefined);
    gateway.asked(await gateway.empty(), "DeleteObject");
    gateway.asked(await gateway.post(gone), "DeleteObject");
    expect((await gateway.post(gone)).status).toBe(204);
    expect(operations.map((one) => fake.operation(one._id).state)).toEqual(["done", "done"]);
  });
});

describe("a second Inform", () => {
  it("that differs supersedes: the outstanding operation is unknown and leaves by the rule of its kind", async () => {
    const { cpe, fake, conversations } = stage();
    const operation = fake.add(REBOOT);
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "Reboot");
    const reply = await gateway.inform({ events: ["1 BOOT", ["M Reboot", operation.correlator]] });
    gateway.answered(reply, "Inform");
    expect(fake.operation(operation._id).state).toBe("done");
    expect(conversations.liveCount).toBe(1);
    expect((await gateway.empty()).status).toBe(204);
  });

  it("of a device that restarts over what it was asked is asked otherwise", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add({ kind: "read", paths: ["Device.DeviceInfo."] });
    const gateway = cpe();
    await gateway.inform();
    expect(gateway.asked(await gateway.empty(), "GetParameterValues").ParameterNames).toEqual(["Device.DeviceInfo."]);
    await gateway.inform({ events: ["1 BOOT"] });
    expect(gateway.asked(await gateway.empty(), "GetParameterNames").ParameterPath).toBe("Device.DeviceInfo.");
    const ParameterList = [{ Name: "Device.DeviceInfo.UpTime", Writable: false }];
    const next = await gateway.respond("GetParameterNames", { ParameterList });
    expect(gateway.asked(next, "GetParameterValues").ParameterNames).toEqual(["Device.DeviceInfo.UpTime"]);
    expect((await gateway.values({ "Device.DeviceInfo.UpTime": "7" })).status).toBe(204);
    expect(fake.operation(operation._id)).toMatchObject({ state: "done", result: { count: 1 } });
  });

  it("of a device that restarts over a parameter each time ends the operation, and says so", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(READ);
    const gateway = cpe();
    for (let i = 0; i < 5; i++) {
      await gateway.inform({ events: ["1 BOOT"] });
      gateway.asked(await gateway.empty(), "GetParameterValues");
    }
    await gateway.inform({ events: ["1 BOOT"] });
    expect((await gateway.empty()).status).toBe(204);
    expect(fake.operation(operation._id)).toMatchObject({ state: "failed", fault: { code: "device.silent" } });
  });

  it("after another worker has gone on leaves the operation as that worker left it", async () => {
    const { cpe, fake, worker } = stage();
    const operation = fake.add({ kind: "download", fileType: "1 Firmware Upgrade Image", url: "http://x.example/fw" });
    const here = cpe();
    await here.inform();
    here.asked(await here.empty(), "Download");
    const there = cpe({ connectionId: "c2" }, worker());
    await there.inform();
    there.asked(await there.empty(), "GetAllQueuedTransfers");
    const queued = {
      CommandKey: operation.correlator,
      State: 2,
      IsDownload: true,
      FileType: "1",
      FileSize: 0,
      TargetFileName: "",
    };
    expect((await there.respond("GetAllQueuedTransfers", { TransferList: [queued] })).status).toBe(204);
    expect(fake.operation(operation._id).state).toBe("accepted");
    await here.inform({ retryCount: 1 });
    expect(fake.operation(operation._id).state).toBe("accepted");
  });

  it("with a stale or foreign cookie starts a session of its own", async () => {
    const { cpe, conversations } = stage();
    const gateway = cpe();
    gateway.cookie = "device1-0000000000000000000000000000";
    gateway.answered(await gateway.inform(), "Inform");
    const other = cpe({ serialNumber: "SN0002", connectionId: "c2", remoteAddress: "192.0.2.2" });
    other.cookie = gateway.cookie;
    other.answered(await other.inform(), "Inform");
    expect(conversations.liveCount).toBe(2);
  });

  it("does not wait for the reply that the first one holds", async () => {
    const { cpe, fake } = stage();
    fake.add(READ);
    fake.nextGate = new Promise(() => undefined);
    const gateway = cpe();
    await gateway.inform();
    const held = gateway.empty();
    await settle();
    gateway.answered(await gateway.inform({ events: ["1 BOOT"] }), "Inform");
    expect(await Promise.race([held, settle().then(() => "held")])).toBe("held");
  });
});

describe("finding the session", () => {
  it("works over one TCP connection per POST by the cookie", async () => {
    const { cpe } = stage();
    const gateway = cpe();
    await gateway.inform();
    gateway.connectionId = "c2";
    expect((await gateway.empty()).status).toBe(204);
  });

  it("works without any cookie by the TCP connection", async () => {
    const { cpe } = stage();
    const gateway = cpe({ forgetsCookie: true });
    await gateway.inform();
    expect((await gateway.empty()).status).toBe(204);
    expect((await gateway.empty()).status).toBe(204);
  });

  it("without cookie and connection takes the only live session of that source and user, never one of two", async () => {
    const { cpe, conversations } = stage();
    const first = cpe({ forgetsCookie: true });
    await first.inform();
    first.connectionId = "c1b";
    const second = cpe({ forgetsCookie: true, serialNumber: "SN0002", connectionId: "c2" });
    await second.inform();
    expect((await first.empty()).status).toBe(400);
    expect((await second.empty()).status).toBe(204);
    expect((await first.empty()).status).toBe(204);
    expect(conversations.liveCount).toBe(0);
  });

  it("refuses a live cookie that comes with another user", async () => {
    const { cpe } = stage();
    const credential = { kind: "credential", credentialId: "a", username: "a" } as const;
    const gateway = cpe({ principal: credential });
    await gateway.inform();
    const thief = cpe({ principal: { ...credential, credentialId: "b", username: "b" }, connectionId: "c9" });
    thief.cookie = gateway.cookie;
    expect((await thief.empty()).status).toBe(401);
    expect((await gateway.empty()).status).toBe(204);
  });

  it("two interleaved sessions on one connection are told apart by their cookies", async () => {
    const { cpe, fake } = stage();
    const [first, second] = [cpe(), cpe({ serialNumber: "SN0002" })];
    await first.inform();
    await second.inform();
    expect((await first.empty()).status).toBe(204);
    expect((await second.empty()).status).toBe(204);
    expect(fake.closed).toHaveLength(2);
  });
});

describe("time", () => {
  it("a silent session is aborted after 60 s and its outstanding operation unknown", async () => {
    const { cpe, fake, clock, conversations } = stage();
    const operation = fake.add(REBOOT);
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "Reboot");
    await clock.advance(seconds(59));
    expect(conversations.liveCount).toBe(1);
    await clock.advance(seconds(2));
    expect(conversations.liveCount).toBe(0);
    expect(fake.operation(operation._id).state).toBe("unknown");
    expect(fake.closed).toMatchObject([{ failed: expect.any(String) }]);
    expect(await gateway.respond("Reboot", {})).toMatchObject({ status: 400, close: true });
    expect(clock.pending).toBe(0);
  });

  it("a session that speaks at the last moment goes on, however long it takes to look whether it is still ours", async () => {
    const { cpe, fake, clock } = stage();
    const operations = [fake.add(READ), fake.add(READ)];
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    let found = (): void => undefined;
    fake.resumeGate = new Promise((resolve) => (found = resolve));
    await clock.advance(seconds(61));
    gateway.asked(await gateway.values({ "Device.DeviceInfo.UpTime": "7" }), "GetParameterValues");
    found();
    await settle();
    expect((await gateway.values({ "Device.DeviceInfo.UpTime": "8" })).status).toBe(204);
    expect(operations.map(({ _id }) => fake.operation(_id).state)).toEqual(["done", "done"]);
  });

  it("a session whose answer takes long is not looked at without a pause", async () => {
    const { cpe, fake, clock } = stage();
    fake.add(READ);
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    let stored = (): void => undefined;
    fake.observeGate = new Promise((resolve) => (stored = resolve));
    const answer = gateway.values({ "Device.DeviceInfo.UpTime": "7" });
    const timers = jest.spyOn(clock, "after");
    await clock.advance(seconds(90));
    expect(timers.mock.calls.length).toBeLessThanOrEqual(60);
    stored();
    expect((await answer).status).toBe(204);
  });

  it("each POST prolongs it, and a SessionTimeout header sets it", async () => {
    const { cpe, clock, conversations } = stage();
    const gateway = cpe();
    await gateway.inform({ headers: { sessionTimeout: 120 } });
    await clock.advance(seconds(119));
    await gateway.request("TransferComplete", COMPLETE);
    await clock.advance(seconds(119));
    expect(conversations.liveCount).toBe(1);
    expect((await gateway.empty()).status).toBe(204);
  });

  it("a connection that ends after a TransferComplete is no failure", async () => {
    const { cpe, fake, clock, conversations } = stage();
    const gateway = cpe();
    await gateway.inform({ events: ["7 TRANSFER COMPLETE", "M Download"] });
    await gateway.request("TransferComplete", COMPLETE);
    conversations.connectionClosed("c1");
    await clock.advance(minutes(2));
    expect(fake.closed).toEqual([{ sessionId: expect.any(String) }]);
  });

  it("an ended session answers an empty POST with 204 and a late request for 30 s", async () => {
    const { cpe, clock } = stage();
    const gateway = cpe();
    await gateway.inform();
    await gateway.empty();
    gateway.answered(await gateway.request("TransferComplete", COMPLETE), "TransferComplete");
    expect((await gateway.empty()).status).toBe(204);
    await clock.advance(seconds(31));
    expect((await gateway.empty()).status).toBe(400);
    expect(clock.pending).toBe(0);
  });

  it("at its caps the current RPC is finished, the session ends, and the rest waits", async () => {
    const { cpe, fake } = stage({ limits: { rpcs: 1 } });
    const [first, second] = [fake.add(READ), fake.add({ kind: "capabilities" })];
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    expect((await gateway.values({ "Device.DeviceInfo.UpTime": "7" })).status).toBe(204);
    expect(fake.operation(first._id).state).toBe("done");
    expect(fake.operation(second._id).state).toBe("queued");
    expect(fake.closed).toMatchObject([{ wakeAgain: true }]);
  });

  it("an operation that is cut in two goes on in the next session where it was", async () => {
    const { cpe, fake } = stage({ limits: { rpcs: 1 } });
    const operation = fake.add({ kind: "create", path: "Device.NAT.PortMapping." });
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterNames");
    expect((await gateway.respond("GetParameterNames", { ParameterList: [] })).status).toBe(204);
    expect(fake.operation(operation._id)).toMatchObject({ state: "unknown", parked: 1 });
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterNames");
    await gateway.respond("GetParameterNames", { ParameterList: [] });
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterNames");
  });
});

describe("another worker", () => {
  it("goes on with a session by its cookie, and the first one does not end it", async () => {
    const { cpe, fake, clock, worker, conversations } = stage();
    const operation = fake.add({ kind: "setAttributes", attributes: [{ path: "Device.A.B", notification: 2 }] });
    const second = worker();
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "SetParameterAttributes");
    const moved = cpe({}, second);
    moved.cookie = gateway.cookie;
    moved.lastId = gateway.lastId;
    await clock.advance(seconds(50));
    expect(await second.live(gateway.cookie ?? "")).toEqual({ principal: { kind: "anonymous" } });
    await clock.advance(seconds(19));
    expect(conversations.liveCount).toBe(0);
    expect((await moved.respond("SetParameterAttributes", {})).status).toBe(204);
    expect(fake.operation(operation._id).state).toBe("done");
    expect(fake.closed).toEqual([{ sessionId: expect.any(String) }]);
  });

  it("that takes over in the middle of a read starts the read again", async () => {
    const { cpe, fake, worker } = stage();
    const operation = fake.add(READ);
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    const moved = cpe({}, worker());
    moved.cookie = gateway.cookie;
    moved.asked(await moved.values({ "Device.DeviceInfo.UpTime": "7" }, gateway.lastId), "GetParameterValues");
    expect((await moved.values({ "Device.DeviceInfo.UpTime": "8" })).status).toBe(204);
    expect(fake.operation(operation._id).state).toBe("done");
  });

  it("does not take a session whose cookie was made up", async () => {
    const { worker, cpe } = stage();
    await cpe().inform();
    expect(await worker().live("device1-0123456789abcdefghjkmnpqrstv")).toBeUndefined();
    expect(await worker().live("../../etc")).toBeUndefined();
  });
});

describe("trouble", () => {
  it("an unavailable store answers 503 with Retry-After before anything is acknowledged", async () => {
    const { cpe, fake, conversations } = stage();
    fake.broken = true;
    const gateway = cpe();
    expect(await gateway.inform()).toMatchObject({ status: 503, retryAfter: expect.any(Number) });
    expect(conversations.liveCount).toBe(0);
    fake.broken = false;
    gateway.answered(await gateway.inform(), "Inform");
  });

  it("an unavailable store in mid-session acknowledges nothing and leaves no session behind", async () => {
    const { cpe, fake, clock, conversations } = stage();
    const gateway = cpe();
    await gateway.inform();
    fake.broken = true;
    expect((await gateway.request("TransferComplete", COMPLETE)).status).toBe(503);
    expect(conversations.liveCount).toBe(0);
    expect(fake.eventTypes()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("malformed XML closes with 400, and the outstanding operation is unknown", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(REBOOT);
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "Reboot");
    expect(await gateway.post("<a><b></a>")).toMatchObject({ status: 400, close: true });
    expect(fake.operation(operation._id).state).toBe("unknown");
  });

  it("a session that lost its lease sends no RPC", async () => {
    const { cpe, fake } = stage();
    fake.add(REBOOT);
    const gateway = cpe();
    await gateway.inform();
    let reply: unknown;
    fake.nextGate = Promise.resolve().then(() => {
      fake.update("device1", { lease: { sessionId: "another", until: 0 } });
    });
    reply = await gateway.empty();
    expect(reply).not.toMatchObject({ status: 200 });
  });

  it("draining finishes the current RPC, starts nothing, and takes no new session", async () => {
    const { cpe, fake, clock, conversations } = stage();
    const [first, second] = [fake.add(READ), fake.add(REBOOT)];
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    let drained = false;
    const draining = conversations.drain(clock.now() + seconds(30)).then(() => {
      drained = true;
    });
    const late = cpe({ serialNumber: "SN0002", connectionId: "c2" });
    expect((await late.inform()).status).toBe(503);
    expect(drained).toBe(false);
    expect((await gateway.values({ "Device.DeviceInfo.UpTime": "7" })).status).toBe(204);
    await draining;
    expect([first, second].map((one) => fake.operation(one._id).state)).toEqual(["done", "queued"]);
    expect(fake.closed[0]?.wakeAgain).toBeUndefined();
  });

  it("draining ends at its deadline", async () => {
    const { cpe, clock, conversations } = stage();
    await cpe().inform();
    const draining = conversations.drain(clock.now() + seconds(5));
    await clock.advance(seconds(5));
    await draining;
    await conversations.stop();
    expect(clock.pending).toBe(0);
  });
});
