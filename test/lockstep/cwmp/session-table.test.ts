import { describe, expect, it } from "@jest/globals";
import { seconds } from "../../../kernel/time.ts";
import { settle } from "../../support/virtual-clock.ts";
import { stage } from "./stage.ts";

const READ = { kind: "read", paths: ["Device.DeviceInfo.UpTime"] } as const;
const REBOOT = { kind: "reboot" } as const;
const AUTONOMOUS = {
  AnnounceURL: "",
  TransferURL: "http://x.example/f",
  IsDownload: true,
  FileType: "1 Firmware Upgrade Image",
  FileSize: 1,
  TargetFileName: "f",
  FaultStruct: { FaultCode: 0, FaultString: "" },
  StartTime: "2026-11-22T00:00:00Z",
  CompleteTime: "2026-11-22T00:00:01Z",
};

describe("S0: before an Inform", () => {
  it.each(["", "<a/>"])("anything but an Inform is refused without making a session (%j)", async (body) => {
    const { conversations, cpe, fake } = stage();
    expect(await cpe().post(body)).toMatchObject({ status: 400, close: true });
    expect(conversations.liveCount).toBe(0);
    expect(fake.log).toEqual([]);
  });

  it("a response and a request without a session are refused", async () => {
    const { cpe } = stage();
    expect((await cpe().respond("Reboot", {}, "1")).status).toBe(400);
    expect((await cpe().request("GetRPCMethods", {})).status).toBe(400);
  });

  it("an Inform creates the device, stores its values and gets a cookie of token characters", async () => {
    const { cpe, fake, conversations } = stage();
    const gateway = cpe();
    const reply = await gateway.inform({
      events: ["0 BOOTSTRAP", "1 BOOT"],
      values: { "Device.DeviceInfo.SoftwareVersion": "1.0" },
    });
    expect(gateway.answered(reply, "Inform")).toEqual({ MaxEnvelopes: 1 });
    expect(gateway.read(reply)).toMatchObject({ id: "i1", namespace: "urn:dslforum-org:cwmp-1-2" });
    expect(reply.cookie).toMatch(/^[\w-]{1,64}$/);
    expect(fake.device()).toMatchObject({ softwareVersion: "1.0", identity: { oui: "00D0FF" } });
    expect(fake.records.get("Device.DeviceInfo.SoftwareVersion")).toMatchObject({ value: "1.0", source: "inform" });
    expect(fake.eventTypes()).toEqual(["device.bootstrapped", "device.booted"]);
    expect(conversations.liveCount).toBe(1);
  });

  it("an Inform whose arguments are not legal gets fault 8003", async () => {
    const { cpe } = stage();
    const gateway = cpe();
    const text = gateway.informText().replace(/<DeviceId>.*<\/DeviceId>/s, "");
    expect(gateway.faulted(await gateway.post(text))).toBe(8003);
  });

  it("a device that the policy rejects gets fault 8001 and no session", async () => {
    const { cpe, fake, conversations } = stage();
    fake.policy = "reject";
    const gateway = cpe();
    const reply = await gateway.inform();
    expect(gateway.faulted(reply)).toBe(8001);
    expect(reply.cookie).toBeUndefined();
    expect(conversations.liveCount).toBe(0);
  });
});

describe("S2: the CPE's turn", () => {
  it("known requests are stored before they are answered", async () => {
    const { cpe, fake } = stage();
    const gateway = cpe();
    await gateway.inform({ events: ["10 AUTONOMOUS TRANSFER COMPLETE"] });
    const reply = await gateway.request("AutonomousTransferComplete", AUTONOMOUS);
    expect(gateway.answered(reply, "AutonomousTransferComplete")).toEqual({});
    expect(fake.eventTypes()).toContain("transfer.autonomous");
    expect(reply.cookie).toBe(gateway.cookie);
  });

  it("every request that a CPE may send gets the response of its name", async () => {
    const { cpe, fake } = stage();
    const gateway = cpe();
    await gateway.inform();
    gateway.answered(
      await gateway.request("Kicked", { Command: "a", Referer: "b", Arg: "c", Next: "http://evil.example/" }),
      "Kicked",
    );
    gateway.answered(
      await gateway.request("RequestDownload", { FileType: "1 Firmware Upgrade Image", FileTypeArg: [] }),
      "RequestDownload",
    );
    gateway.answered(await gateway.request("DUStateChangeComplete", { Results: [] }), "DUStateChangeComplete");
    gateway.answered(
      await gateway.request("AutonomousDUStateChangeComplete", { Results: [] }),
      "AutonomousDUStateChangeComplete",
    );
    expect(gateway.answered(await gateway.request("GetRPCMethods", {}), "GetRPCMethods").MethodList).toContain(
      "Kicked",
    );
    expect(fake.eventTypes()).toEqual([
      "user.kicked",
      "transfer.requested",
      "software.changed",
      "software.changedAutonomously",
    ]);
  });

  it("a KickedResponse sends nobody to a host that is not configured", async () => {
    const { cpe } = stage({ nextUrlHosts: ["portal.example"] });
    const gateway = cpe();
    await gateway.inform();
    const kick = async (Next: string) =>
      gateway.answered(await gateway.request("Kicked", { Command: "", Referer: "", Arg: "", Next }), "Kicked").NextURL;
    expect(await kick("https://evil.example/")).toBe("");
    expect(await kick("https://portal.example@evil.example/")).toBe("");
    expect(await kick("javascript:alert(1)")).toBe("");
    expect(await kick("https://portal.example/next")).toBe("https://portal.example/next");
  });

  it("an unknown request gets fault 8000, is recorded, and the session goes on", async () => {
    const { cpe, fake } = stage();
    const gateway = cpe();
    await gateway.inform();
    const text = gateway
      .text({ kind: "request", name: "GetRPCMethods", body: {} }, "v1")
      .replaceAll("GetRPCMethods", "X_00D0FF_Ping");
    expect(gateway.faulted(await gateway.post(text))).toBe(8000);
    expect(fake.events.at(-1)).toMatchObject({ type: "request.received", data: { method: "X_00D0FF_Ping" } });
    expect((await gateway.empty()).status).toBe(204);
  });

  it("malformed arguments get fault 8003, and the session goes on", async () => {
    const { cpe } = stage();
    const gateway = cpe();
    await gateway.inform();
    const text = gateway
      .text({ kind: "request", name: "RequestDownload", body: { FileType: "x", FileTypeArg: [] } }, "m1")
      .replace(/<FileType>.*?<\/FileType>/, "");
    expect(gateway.faulted(await gateway.post(text))).toBe(8003);
    expect((await gateway.empty()).status).toBe(204);
  });

  it("an empty POST with nothing queued ends the session with 204: three calls of the fleet in all", async () => {
    const { cpe, fake, conversations } = stage();
    const gateway = cpe();
    await gateway.inform();
    expect(await gateway.empty()).toMatchObject({ status: 204, endsSession: true });
    expect(fake.log).toEqual(["contacts.open", "work.next", "contacts.close"]);
    expect(conversations.liveCount).toBe(0);
  });

  it("an empty POST with work queued gets the RPC, stored as begun before it is sent", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(READ);
    const gateway = cpe();
    await gateway.inform();
    const body = gateway.asked(await gateway.empty(), "GetParameterValues");
    expect(body.ParameterNames).toEqual(["Device.DeviceInfo.UpTime"]);
    expect(fake.operation(operation._id).state).toBe("active");
    expect(fake.device().lease?.session).toContain("awaitingReply");
  });

  it("a heartbeat is answered with 204 and runs no operation", async () => {
    const { cpe, fake } = stage();
    fake.add(READ);
    const gateway = cpe();
    await gateway.inform({ events: ["14 HEARTBEAT"] });
    expect((await gateway.empty()).status).toBe(204);
    expect(fake.log).not.toContain("work.next");
  });
});

describe("S3: choosing", () => {
  it("a choice that takes longer than the hold ends the session and asks for another contact", async () => {
    const { cpe, fake, clock } = stage();
    const operation = fake.add(READ);
    let open = (): void => undefined;
    fake.nextGate = new Promise((resolve) => {
      open = resolve;
    });
    const gateway = cpe();
    await gateway.inform();
    const reply = gateway.empty();
    await settle();
    await clock.advance(seconds(20));
    expect(await reply).toMatchObject({ status: 204 });
    expect(fake.closed).toMatchObject([{ wakeAgain: true }]);
    open();
    await settle();
    expect(fake.operation(operation._id).state).toBe("queued");
  });
});

describe("S4: an RPC is outstanding", () => {
  it("a matching response is recorded and the next RPC follows", async () => {
    const { cpe, fake } = stage();
    const first = fake.add(READ);
    fake.add(REBOOT);
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    gateway.asked(await gateway.values({ "Device.DeviceInfo.UpTime": "7" }), "Reboot");
    expect(fake.operation(first._id)).toMatchObject({ state: "done", result: { count: 1 } });
    expect(fake.records.get("Device.DeviceInfo.UpTime")).toMatchObject({ value: "7", state: "seen" });
  });

  it("a fault is recorded, its advice followed, and the session goes on", async () => {
    const { cpe, fake } = stage();
    const first = fake.add(REBOOT);
    const second = fake.add({ kind: "capabilities" });
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "Reboot");
    gateway.asked(await gateway.fault(9001), "GetRPCMethods");
    await gateway.fault(9002);
    expect(fake.operation(first._id)).toMatchObject({
      state: "failed",
      fault: { code: "device.requestDenied", native: { code: 9001 } },
    });
    expect(fake.operation(second._id)).toMatchObject({ state: "queued", attempt: 1 });
  });

  it("a fault without a header and a response without an ID match what is outstanding", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(READ);
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    const ParameterList = [{ Name: READ.paths[0], Value: { type: "unsignedInt", value: "1" } }] as const;
    const body = { ParameterList: [...ParameterList] };
    const text = gateway.text({ kind: "response", name: "GetParameterValues", body }, undefined);
    expect((await gateway.post(text)).status).toBe(204);
    expect(fake.operation(operation._id).state).toBe("done");
  });

  it("an empty POST instead of an answer gets the RPC once more with its ID, then the outcome is unknown", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(REBOOT);
    const gateway = cpe();
    await gateway.inform();
    const sent = await gateway.empty();
    expect((await gateway.empty()).body).toBe(sent.body);
    expect((await gateway.empty()).status).toBe(204);
    expect(fake.operation(operation._id).state).toBe("unknown");
    expect(fake.log.filter((call) => call === "work.begin")).toHaveLength(1);
  });

  it("a CPE that answers everything with an empty POST fails its operation in the end", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(READ);
    for (let session = 0; session < 5; session++) {
      const gateway = cpe({ connectionId: `c${session}` });
      await gateway.inform({ currentTime: `t${session}` });
      for (let post = 0; post < 3; post++) await gateway.empty();
    }
    expect(fake.operation(operation._id)).toMatchObject({ state: "failed", fault: { code: "device.silent" } });
  });

  it("a request of the CPE in between is answered, and the same RPC follows at the next empty POST", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(READ);
    const gateway = cpe();
    await gateway.inform();
    const sent = await gateway.empty();
    gateway.asked(sent, "GetParameterValues");
    gateway.answered(await gateway.request("AutonomousTransferComplete", AUTONOMOUS), "AutonomousTransferComplete");
    expect((await gateway.empty()).body).toBe(sent.body);
    expect((await gateway.values({ "Device.DeviceInfo.UpTime": "7" })).status).toBe(204);
    expect(fake.operation(operation._id).state).toBe("done");
  });

  it("and from then on silence is silence", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(READ);
    const gateway = cpe();
    await gateway.inform();
    const sent = await gateway.empty();
    await gateway.request("AutonomousTransferComplete", AUTONOMOUS);
    const asked = [await gateway.empty(), await gateway.empty()];
    expect(asked.map(({ body }) => body)).toEqual([sent.body, sent.body]);
    expect((await gateway.empty()).status).toBe(204);
    expect(fake.operation(operation._id).state).toBe("unknown");
  });

  it("a response to another method aborts, and the outcome is unknown", async () => {
    const { cpe, fake, conversations } = stage();
    const operation = fake.add(REBOOT);
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "Reboot");
    expect(await gateway.respond("FactoryReset", {})).toMatchObject({ status: 400, close: true });
    expect(fake.operation(operation._id).state).toBe("unknown");
    expect(fake.closed).toMatchObject([{ failed: expect.any(String) }]);
    expect(conversations.liveCount).toBe(0);
  });
});
