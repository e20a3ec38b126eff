import { describe, expect, it } from "@jest/globals";
import type { Facts } from "../../../../acs/procedures/procedure.ts";
import { standardQuirks } from "../../../../acs/quirks/quirks.ts";
import { hours, minutes } from "../../../../kernel/time.ts";
import { Rig } from "./rig.ts";

const TIMES = { StartTime: "2026-01-01T00:00:00Z", CompleteTime: "2026-01-01T00:01:00Z" };
const file = { url: "http://acs.example/files/f1", username: "u", password: "p", size: 99 };
const download = (more: object = {}, facts: Partial<Facts> = {}) =>
  new Rig({ kind: "download", fileType: "1 Firmware Upgrade Image", fileId: "f1", ...more }, { file, ...facts });
const completed = (faultCode: number) =>
  ({ kind: "transferCompleted", faultCode, faultString: "", startTime: "s", completeTime: "c" }) as const;
const queue = (...keys: string[]) => ({
  TransferList: keys.map((CommandKey) => ({
    CommandKey,
    State: 2,
    IsDownload: true,
    FileType: "1",
    FileSize: 0,
    TargetFileName: "",
  })),
});
const booted = (softwareVersion: string) =>
  ({ kind: "contacted", events: [{ code: "1 BOOT", commandKey: "" }], softwareVersion }) as const;

describe("download", () => {
  it("sends the file's location with its key; Status 0 is done", () => {
    const rig = download().begin();
    expect(rig.asked("Download")).toMatchObject({
      CommandKey: "key",
      URL: file.url,
      Username: "u",
      Password: "p",
      FileSize: 99,
      SuccessURL: "",
    });
    rig.respond("Download", { Status: 0, ...TIMES });
    expect(rig.outcome).toMatchObject({ state: "done" });
  });

  it("Status 1 is accepted, due an hour after its delay, and done with TransferComplete", () => {
    const rig = download({ delaySeconds: 600 })
      .begin()
      .respond("Download", { Status: 1, ...TIMES });
    expect(rig.outcome).toMatchObject({ state: "accepted", completionDueAt: 1_000_000 + hours(1) + minutes(10) });
    const report = { ...completed(0), completeTime: "0001-01-01T00:00:00Z" };
    expect(rig.report(report).outcome).toMatchObject({ state: "done", result: { startTime: "s" } });
    expect(rig.outcome).not.toHaveProperty("result.completeTime");
  });

  it.each([
    [9010, "retry"],
    [9017, "retry"],
    [9012, "failed"],
    [9018, "failed"],
    [9899, "failed"],
  ])("a TransferComplete with %i means %s", (code, state) => {
    expect(
      download()
        .begin()
        .respond("Download", { Status: 1, ...TIMES })
        .report(completed(code)).outcome?.state,
    ).toBe(state);
  });

  it("a TransferComplete that comes before the DownloadResponse, or after its loss, ends it", () => {
    expect(download().begin().report(completed(0)).outcome).toMatchObject({ state: "done" });
  });

  it("firmware counts only when the expected version shows", () => {
    const rig = download({ expectedVersion: "2.0" }, { softwareVersion: "1.0" })
      .begin()
      .respond("Download", { Status: 1, ...TIMES });
    expect(rig.report(completed(0)).outcome).toMatchObject({ state: "accepted", note: expect.stringContaining("2.0") });
    expect(rig.report(booted("2.0")).outcome).toMatchObject({ state: "done" });
    const old = download({ expectedVersion: "2.0" }, { softwareVersion: "1.0" })
      .begin()
      .respond("Download", { Status: 0, ...TIMES });
    expect(old.report(booted("1.0")).outcome).toMatchObject({ state: "failed", fault: { code: "version.unexpected" } });
  });

  it("after a lost answer looks into the device's queue: listed is accepted", () => {
    const rig = download().begin().drop();
    rig.asked("GetAllQueuedTransfers");
    rig.respond("GetAllQueuedTransfers", queue("other", "key"));
    expect(rig.outcome).toMatchObject({ state: "accepted" });
    expect(rig.count("Download")).toBe(1);
  });

  it("after a lost answer and an empty queue it never arrived, and is sent", () => {
    download().begin().drop().respond("GetAllQueuedTransfers", queue()).asked("Download");
  });

  it("of a model that downloads within its answer is not sent again", () => {
    const quirks = { ...standardQuirks, synchronousDownloads: true };
    const rig = download({}, { quirks }).begin().drop().respond("GetAllQueuedTransfers", queue());
    expect(rig.outcome).toMatchObject({ state: "accepted", note: expect.stringContaining("may still") });
    rig.drop(hours(2)).respond("GetAllQueuedTransfers", queue());
    expect(rig.outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
    expect(rig.count("Download")).toBe(1);
  });

  it("of a device that lists nothing waits for TransferComplete, and is never sent twice", () => {
    const rig = download().begin().drop().fault(9000);
    rig.asked("GetQueuedTransfers");
    expect(rig.fault(9000).outcome).toMatchObject({ state: "accepted", note: expect.stringContaining("may still") });
    expect(rig.remembered).toEqual({ unsupportedMethods: ["GetAllQueuedTransfers", "GetQueuedTransfers"] });
    rig.drop(hours(2));
    expect(rig.outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
    expect(rig.count("Download")).toBe(1);
  });

  it("an overdue one is judged by the version", () => {
    const endpointState = { unsupportedMethods: ["GetAllQueuedTransfers", "GetQueuedTransfers"] };
    const rig = download({ expectedVersion: "2.0" }, { softwareVersion: "1.0", endpointState }).begin();
    rig.respond("Download", { Status: 1, ...TIMES });
    rig.facts = { ...rig.facts, softwareVersion: "2.0" };
    expect(rig.drop(hours(2)).outcome).toMatchObject({ state: "done" });
    const old = download({ expectedVersion: "2.0" }, { softwareVersion: "1.0", endpointState }).begin();
    old.respond("Download", { Status: 1, ...TIMES }).drop(hours(2));
    expect(old.outcome).toMatchObject({ state: "failed", fault: { code: "version.unexpected" } });
  });

  it("with windows is a ScheduleDownload", () => {
    const windows = [{ startSeconds: 0, endSeconds: 7200, mode: "1 At Any Time" }];
    const rig = download({ windows }).begin();
    expect(rig.asked("ScheduleDownload").TimeWindowList).toEqual([
      { WindowStart: 0, WindowEnd: 7200, WindowMode: "1 At Any Time", UserMessage: "", MaxRetries: -1 },
    ]);
    rig.respond("ScheduleDownload", {});
    expect(rig.outcome).toMatchObject({ state: "accepted", completionDueAt: 1_000_000 + hours(3) });
    expect(rig.report(completed(9020)).outcome?.state).toBe("retry");
  });

  it("without a file, or with a URL beyond 256 characters, sends nothing", () => {
    const none = new Rig({ kind: "download", fileType: "1" }).begin();
    const long = new Rig({ kind: "download", fileType: "1", url: `http://x/${"y".repeat(300)}` }).begin();
    for (const rig of [none, long]) expect([rig.outcome?.state, rig.sent.length]).toEqual(["failed", 0]);
  });
});

describe("upload", () => {
  const received = [{ id: "f1", name: "log", size: 12 }];

  it("goes to the given place and follows the rules of a download", () => {
    const rig = new Rig({ kind: "upload", fileType: "4 Vendor Log File 1" }, { file }).begin();
    expect(rig.asked("Upload")).toMatchObject({ URL: file.url, CommandKey: "key" });
    rig.drop().respond("GetAllQueuedTransfers", queue("key"));
    rig.facts = { ...rig.facts, file: { ...file, received } };
    expect(rig.report(completed(0)).outcome).toMatchObject({ state: "done", result: { files: received } });
    expect(rig.count("Upload")).toBe(1);
  });

  it("has failed when the device reports success and no file has arrived", () => {
    const rig = new Rig({ kind: "upload", fileType: "4 Vendor Log File 1" }, { file }).begin();
    rig.respond("Upload", { Status: 1, StartTime: "", CompleteTime: "" });
    expect(rig.report(completed(0)).outcome).toMatchObject({ state: "failed", fault: { code: "upload.missing" } });
  });

  it("to somebody else's server is done when the device says so", () => {
    const rig = new Rig({ kind: "upload", fileType: "1", url: "http://elsewhere.example/x" }).begin();
    expect(rig.respond("Upload", { Status: 0, StartTime: "", CompleteTime: "" }).outcome?.state).toBe("done");
  });

  it("whose completion never comes is done when the file has arrived", () => {
    const rig = new Rig({ kind: "upload", fileType: "1" }, { file }).begin();
    rig.respond("Upload", { Status: 1, StartTime: "", CompleteTime: "" });
    rig.facts = { ...rig.facts, file: { ...file, received } };
    expect(rig.drop().outcome).toMatchObject({ state: "done", result: { files: received } });
  });
});
