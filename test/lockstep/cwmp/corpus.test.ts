import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { minutes, seconds } from "../../../kernel/time.ts";
import { stage } from "./stage.ts";

const complete = (CommandKey: string, FaultCode = 0) => ({
  CommandKey,
  FaultStruct: { FaultCode, FaultString: "" },
  StartTime: "2026-11-22T00:00:00Z",
  CompleteTime: "2026-11-22T00:00:01Z",
});
const DOWNLOAD = { kind: "download", fileType: "1 Firmware Upgrade Image", fileId: "f1" } as const;
const ACCEPTED = { Status: 1, StartTime: "0001-01-01T00:00:00Z", CompleteTime: "0001-01-01T00:00:00Z" };

describe("Informs (specs §9.1)", () => {
  it("an empty Event array and 64 events are taken", async () => {
    const { cpe, fake } = stage();
    const gateway = cpe();
    gateway.answered(await gateway.inform({ events: [] }), "Inform");
    gateway.answered(await gateway.inform({ events: Array.from({ length: 64 }, () => "4 VALUE CHANGE") }), "Inform");
    expect(fake.eventTypes()).toEqual(["parameter.changed"]);
  });

  it.each([["urn:dslforum-org:cwmp-1-0"], ["urn:dslforum-org:cwmp-1-3"], ["urn:dslforum-org:cwmp-1-4"]])(
    "the namespace %s is echoed in the response, in RPCs and in faults",
    async (namespace) => {
      const { cpe, fake } = stage();
      fake.add({ kind: "reboot" });
      const gateway = cpe({ namespace });
      const replies = [
        await gateway.inform(),
        await gateway.request("TransferComplete", complete("x")),
        await gateway.empty(),
      ];
      for (const reply of replies) expect(gateway.read(reply).namespace).toBe(namespace);
    },
  );

  it("a version is agreed on only with a CPE that offered some", async () => {
    const { cpe } = stage();
    const [modern, old] = [cpe(), cpe({ serialNumber: "SN0002", connectionId: "c2" })];
    const offered = await modern.inform({ headers: { supportedVersions: ["1.0", "1.2", "1.4"] } });
    expect(modern.read(offered).useVersion).toBe("1.4");
    expect(old.read(await old.inform()).useVersion).toBeUndefined();
  });

  it("no version in common gets fault 8006", async () => {
    const { cpe, conversations } = stage();
    const gateway = cpe();
    expect(gateway.faulted(await gateway.inform({ headers: { supportedVersions: ["9.9"] } }))).toBe(8006);
    expect(conversations.liveCount).toBe(0);
  });

  it("a DOCTYPE is refused", async () => {
    const { cpe } = stage();
    const gateway = cpe();
    const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>';
    expect((await gateway.post(bomb + gateway.informText())).status).toBe(400);
  });

  it("one that speaks for another device is refused with 403", async () => {
    const { cpe, fake } = stage();
    const principal = { kind: "credential", credentialId: "c", username: "00D0FF-GW1-SN0009", group: "all" } as const;
    expect(await cpe({ principal }).inform()).toMatchObject({
      status: 403,
      close: true,
      conflict: "the username is that of 00D0FF-GW1-SN0009",
    });
    expect(fake.log).toEqual([]);
  });

  it("two with the same identity at the same time make one device and one live session", async () => {
    const { cpe, fake, conversations } = stage();
    const [a, b] = [cpe(), cpe({ connectionId: "c2", remoteAddress: "198.51.100.1" })];
    await Promise.all([a.inform({ currentTime: "a" }), b.inform({ currentTime: "b" })]);
    expect([fake.devices, conversations.liveCount]).toEqual([1, 1]);
  });
});

describe("software modules (specs §10)", () => {
  it("a device that refuses one form of ChangeDUState is sent the other, and the next time at once", async () => {
    const { cpe, fake } = stage();
    const gateway = cpe();
    const uninstall = { kind: "software", operations: [{ action: "uninstall", uuid: "u" }] } as const;
    fake.add(uninstall);
    await gateway.inform();
    const first = await gateway.empty();
    gateway.asked(first, "ChangeDUState");
    expect(first.body).toContain("<UninstallOpStruct>");
    const second = await gateway.fault(9003);
    gateway.asked(second, "ChangeDUState");
    expect(second.body).toContain('<Operations xsi:type="cwmp:UninstallOpStruct">');
    expect((await gateway.respond("ChangeDUState", {})).status).toBe(204);
    fake.add(uninstall);
    await gateway.inform();
    expect((await gateway.empty()).body).toContain('<Operations xsi:type="cwmp:UninstallOpStruct">');
  });
});

describe("transfers (specs §2.5, §9.1)", () => {
  it("a TransferComplete in a later session settles its operation before it is answered", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(DOWNLOAD);
    const gateway = cpe();
    await gateway.inform();
    expect(gateway.asked(await gateway.empty(), "Download").URL).toBe("http://acs.example/files/f1");
    expect((await gateway.respond("Download", ACCEPTED)).status).toBe(204);
    expect(fake.operation(operation._id).state).toBe("accepted");
    await gateway.inform({ events: ["M Download", "7 TRANSFER COMPLETE", "1 BOOT"] });
    gateway.answered(await gateway.request("TransferComplete", complete(operation.correlator)), "TransferComplete");
    expect(fake.operation(operation._id).state).toBe("done");
    expect(fake.events.at(-1)).toMatchObject({ type: "transfer.completed", operationId: operation._id });
  });

  it("one in the same session, between two RPCs, or with an empty key, finds its operation", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(DOWNLOAD);
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "Download");
    gateway.answered(await gateway.request("TransferComplete", complete("")), "TransferComplete");
    expect(fake.operation(operation._id).state).toBe("done");
    gateway.asked(await gateway.empty(), "Download");
    expect((await gateway.respond("Download", ACCEPTED)).status).toBe(204);
    expect(fake.operation(operation._id).state).toBe("done");
  });

  it("one with an unknown key is answered and recorded; a repeated one is recorded once", async () => {
    const { cpe, fake } = stage();
    const gateway = cpe();
    for (let session = 0; session < 3; session++) {
      await gateway.inform();
      gateway.answered(await gateway.request("TransferComplete", complete("nobody's")), "TransferComplete");
      await gateway.empty();
    }
    expect(fake.eventTypes()).toEqual(["transfer.completed"]);
  });

  it("a repeated failure counts one attempt", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(DOWNLOAD, {
      attempt: 1,
      state: "accepted",
      progress: '{"phase":"transferring","sentAt":0,"accepted":true}',
    });
    const gateway = cpe();
    for (let session = 0; session < 2; session++) {
      await gateway.inform();
      await gateway.request("TransferComplete", complete(operation.correlator, 9010));
    }
    expect(fake.operation(operation._id)).toMatchObject({ state: "queued", attempt: 1 });
  });

  it("the failure of the next attempt counts too, although it looks the same", async () => {
    const { cpe, fake, clock } = stage();
    const operation = fake.add(DOWNLOAD);
    const gateway = cpe();
    for (const attempt of [1, 2]) {
      await gateway.inform();
      gateway.asked(await gateway.empty(), "Download");
      await gateway.respond("Download", ACCEPTED);
      await gateway.inform();
      expect(fake.operation(operation._id)).toMatchObject({ state: "accepted", attempt });
      await gateway.request("TransferComplete", complete(operation.correlator, 9010));
      expect(fake.operation(operation._id).state).toBe("queued");
      await clock.advance(minutes(5));
    }
  });

  it("a late one settles an operation that was overdue", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add(DOWNLOAD, {
      attempt: 1,
      state: "accepted",
      progress: '{"phase":"transferring","sentAt":0,"accepted":true}',
    });
    const gateway = cpe();
    fake.overdue(operation._id);
    await gateway.inform({ events: ["7 TRANSFER COMPLETE"] });
    await gateway.request("TransferComplete", complete(operation.correlator));
    expect(fake.operation(operation._id).state).toBe("done");
  });

  it("two in one session are both taken", async () => {
    const { cpe, fake } = stage();
    const gateway = cpe();
    await gateway.inform();
    gateway.answered(await gateway.request("TransferComplete", complete("a")), "TransferComplete");
    gateway.answered(await gateway.request("TransferComplete", complete("b")), "TransferComplete");
    expect(fake.eventTypes()).toEqual(["transfer.completed", "transfer.completed"]);
  });

  it("a cancelled one is over, since the device will not report it", async () => {
    const { cpe, fake } = stage();
    const transfer = fake.add(DOWNLOAD, {
      attempt: 1,
      state: "accepted",
      progress: '{"phase":"transferring","sentAt":0,"accepted":true}',
    });
    const cancel = fake.add({ kind: "cancelTransfer", operationId: transfer._id });
    const gateway = cpe();
    await gateway.inform();
    expect(gateway.asked(await gateway.empty(), "CancelTransfer").CommandKey).toBe(transfer.correlator);
    await gateway.respond("CancelTransfer", {});
    expect(fake.operation(cancel._id).state).toBe("done");
    expect(fake.operation(transfer._id)).toMatchObject({ state: "cancelled" });
  });
});

describe("operations across sessions", () => {
  it("a reboot is never sent twice, whatever drops", async () => {
    const { cpe, fake, clock } = stage();
    const operation = fake.add({ kind: "reboot" });
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "Reboot");
    await clock.advance(seconds(61));
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    await gateway.values({ "Device.DeviceInfo.UpTime": "999999" });
    expect(fake.operation(operation._id).state).toBe("accepted");
    await clock.advance(minutes(1));
    await gateway.inform({ events: ["1 BOOT"] });
    expect(fake.operation(operation._id).state).toBe("done");
    expect((await gateway.empty()).status).toBe(204);
  });

  it("an interrupted write is read back before it is repeated", async () => {
    const { cpe, fake, clock } = stage();
    const operation = fake.add({ kind: "write", values: [{ path: "Device.X.A", value: "1", type: "string" }] });
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "SetParameterValues");
    await clock.advance(seconds(61));
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    expect((await gateway.values({ "Device.X.A": "1" })).status).toBe(204);
    expect(fake.operation(operation._id)).toMatchObject({ state: "done" });
  });

  it("a wake is done by the contact, and costs no message", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add({ kind: "wake" });
    const gateway = cpe();
    await gateway.inform({ events: ["6 CONNECTION REQUEST"] });
    expect((await gateway.empty()).status).toBe(204);
    expect(fake.operation(operation._id).state).toBe("done");
  });

  it("an operation that was cancelled before its RPC went out is not sent", async () => {
    const { cpe, fake } = stage();
    const operation = fake.add({ kind: "reboot" });
    const fleet = fake.fleet;
    const gateway = cpe();
    await gateway.inform();
    fake.nextGate = Promise.resolve().then(async () => {
      await fleet.work.settle(operation._id, { state: "failed", fault: { code: "x", message: "cancelled" } }, 0);
    });
    expect((await gateway.empty()).status).toBe(204);
  });

  it("a 5 MB answer is taken", async () => {
    const { cpe, fake } = stage();
    fake.add({ kind: "read", paths: ["Device."] });
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    const values = Object.fromEntries(
      Array.from({ length: 30_000 }, (_, i) => [`Device.T.${i}.Value`, "x".repeat(20)]),
    );
    const body = gateway.values(values);
    expect((await body).status).toBe(204);
    expect(fake.records.get("Device.T.29999.Value")?.value).toHaveLength(20);
  }, 20_000);

  it("an unsignedLong keeps all its digits", async () => {
    const { cpe, fake } = stage();
    fake.add({ kind: "read", paths: ["Device.X.A"] });
    const gateway = cpe();
    await gateway.inform();
    gateway.asked(await gateway.empty(), "GetParameterValues");
    const value = { type: "unsignedLong", value: "18446744073709551615" } as const;
    await gateway.respond("GetParameterValues", { ParameterList: [{ Name: "Device.X.A", Value: value }] });
    expect(fake.records.get("Device.X.A")).toMatchObject(value);
  });
});

const SAMPLES = join(import.meta.dirname, "../../../../shared/samples/cwmp");
const informFiles = existsSync(SAMPLES)
  ? readdirSync(SAMPLES, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".xml") && /Inform/i.test(file) && !/TRUNCATED|Schedule/.test(file),
    )
  : [];

describe("recorded Informs of real clients (../shared/samples)", () => {
  (informFiles.length > 0 ? it : it.skip)("each opens a session that an empty POST ends with 204", async () => {
    const refused: string[] = [];
    for (const file of informFiles) {
      const { cpe } = stage();
      const gateway = cpe();
      const first = await gateway.post(readFileSync(join(SAMPLES, file)));
      const last = first.status === 200 ? await gateway.empty() : first;
      if (last.status !== 204) refused.push(`${file}: ${first.status} ${first.body ?? ""}`);
    }
    expect(refused).toEqual([]);
    expect(informFiles.length).toBeGreaterThan(30);
  });
});
