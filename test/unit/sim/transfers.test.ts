import { describe, expect, it } from "@jest/globals";
import type { RpcRequest } from "../../../acs/rpc/index.ts";
import { seconds } from "../../../kernel/time.ts";
import { download, rpc, type Stage, stage } from "./stage.ts";

const FIRMWARE = "1 Firmware Upgrade Image";

/** The ACS serves files too: `/file` is a firmware image, everything else is missing. */
async function withFiles(options: Parameters<typeof stage>[0] = {}): Promise<Stage & { file: string }> {
  const staged = await stage({ interval: seconds(100_000), rebootTime: seconds(5), ...options });
  staged.acs.hook = ({ method, url }) => {
    if (method === "GET") return url === "/file" ? { status: 200, body: "version=2.0.1\nimage" } : { status: 404 };
    return method === "PUT" ? { status: 201 } : undefined;
  };
  return { ...staged, file: new URL("/file", staged.acs.url).href };
}

const schedule = (URL: string, windows: [number, number, number?][]) =>
  rpc("ScheduleDownload", {
    CommandKey: "s1",
    FileType: FIRMWARE,
    URL,
    Username: "",
    Password: "",
    FileSize: 0,
    TargetFileName: "",
    TimeWindowList: windows.map(([WindowStart, WindowEnd, MaxRetries = 0]) => ({
      WindowStart,
      WindowEnd,
      WindowMode: "1 At Any Time",
      UserMessage: "",
      MaxRetries,
    })),
  });

const completes = ({ acs }: Stage): RpcRequest<"TransferComplete">[] =>
  acs.requests("TransferComplete").map(({ body }) => body);
const codes = ({ acs }: Stage): string[][] =>
  acs.informs.map(({ body }) => body.Event.map(({ EventCode, CommandKey }) => `${EventCode} ${CommandKey}`.trim()));

describe("Download (TR-069 A.3.2.8)", () => {
  it("is answered with Status 1, carried out after the session and reported by TransferComplete", async () => {
    const staged = await withFiles();
    const { acs, cpe, pass, executed } = staged;
    acs.script.push(download(staged.file));
    await cpe.start();
    expect(acs.responses("Download")[0]!.body).toMatchObject({ Status: 1, StartTime: "0001-01-01T00:00:00Z" });
    await pass(0);
    expect(codes(staged)[1]).toEqual(["7 TRANSFER COMPLETE", "M Download d1"]);
    expect(completes(staged)).toEqual([
      {
        CommandKey: "d1",
        FaultStruct: { FaultCode: 0, FaultString: "" },
        StartTime: "2026-11-22T12:00:00Z",
        CompleteTime: "2026-11-22T12:00:00Z",
      },
    ]);
    expect(executed).toMatchObject([{ method: "Download", commandKey: "d1", target: staged.file }]);
    expect(cpe.transfers).toEqual([]);
  });

  it("of firmware reboots the CPE, which then reports the new version, 1 BOOT and the transfer in one session", async () => {
    const staged = await withFiles();
    const { acs, cpe, pass } = staged;
    acs.script.push(download(staged.file, { FileType: FIRMWARE, FileSize: 19 }));
    await cpe.start();
    await pass(0);
    expect(acs.informs).toHaveLength(1);
    await pass(seconds(5));
    expect(codes(staged)[1]!.toSorted()).toEqual(["1 BOOT", "7 TRANSFER COMPLETE", "M Download d1"]);
    const version = acs.informs[1]!.body.ParameterList.find(({ Name }) => Name.endsWith(".SoftwareVersion"));
    expect(version!.Value.value).toBe("2.0.1");
    expect(completes(staged)[0]!.FaultStruct.FaultCode).toBe(0);
  });

  it("names firmware that names no version by its hash", async () => {
    const { acs, cpe, pass } = await withFiles();
    acs.hook = ({ method }) => (method === "GET" ? { status: 200, body: "no version here" } : undefined);
    acs.script.push(download(new URL("/image", acs.url).href, { FileType: FIRMWARE }));
    await cpe.start();
    await pass(0);
    expect(cpe.tree.get("Device.DeviceInfo.SoftwareVersion")!.value).toBe("sha-8b2aec8d");
  });

  it("waits for its delay", async () => {
    const staged = await withFiles();
    staged.acs.script.push(download(staged.file, { DelaySeconds: 60 }));
    await staged.cpe.start();
    await staged.pass(seconds(59));
    expect(staged.acs.received.filter(({ method }) => method === "GET")).toHaveLength(0);
    await staged.pass(seconds(1));
    expect(completes(staged)).toHaveLength(1);
  });

  it.each([
    ["a file that is not there", 9016, (staged: { file: string }) => download(`${staged.file}-not`)],
    ["a size that is another", 9018, (staged: { file: string }) => download(staged.file, { FileSize: 5 })],
    ["a server that does not answer", 9015, () => download("http://127.0.0.1:1/file")],
  ])("reports %s with fault %i", async (_, code, order) => {
    const staged = await withFiles();
    staged.acs.script.push(order(staged));
    await staged.cpe.start();
    await staged.pass(0);
    await staged.acs.until(() => completes(staged).length === 1);
    expect(completes(staged)[0]!.FaultStruct.FaultCode).toBe(code);
  });

  it("authenticates itself to the file server, and reports 9012 when it is refused", async () => {
    const staged = await withFiles();
    const { acs, cpe, pass } = staged;
    acs.hook = ({ method, headers }) => {
      if (method !== "GET") return undefined;
      const proved = headers.authorization === `Basic ${Buffer.from("u:p").toString("base64")}`;
      return proved
        ? { status: 200, body: "x" }
        : { status: 401, headers: { "WWW-Authenticate": 'Basic realm="files"' } };
    };
    acs.script.push(download(staged.file, { Username: "u", Password: "p" }));
    acs.script.push(download(staged.file, { Username: "u", Password: "wrong", CommandKey: "d2" }));
    await cpe.start();
    await pass(0);
    await acs.until(() => completes(staged).length === 2);
    const found = new Map(completes(staged).map(({ CommandKey, FaultStruct }) => [CommandKey, FaultStruct.FaultCode]));
    expect([found.get("d1"), found.get("d2")]).toEqual([0, 9012]);
  });

  it("ends with the fault that was ordered for it", async () => {
    const staged = await withFiles({ faults: { TransferComplete: { code: 9017, times: 1 } } });
    staged.acs.script.push(download(staged.file));
    await staged.cpe.start();
    await staged.pass(0);
    expect(completes(staged)[0]!.FaultStruct.FaultCode).toBe(9017);
  });

  it("refuses other protocols with 9013 and an eleventh transfer with 9004", async () => {
    const { acs, cpe } = await withFiles();
    acs.script.push(download("ftp://files.example/a"));
    for (let i = 0; i < 11; i++)
      acs.script.push(download("http://127.0.0.1:1/", { DelaySeconds: 60, CommandKey: `d${i}` }));
    await cpe.start();
    expect(acs.faults).toEqual([9013, 9004]);
  });

  it("is reported again until TransferComplete has been answered", async () => {
    const staged = await withFiles();
    const { acs, cpe, pass } = staged;
    const files = acs.hook;
    acs.hook = (received) =>
      received.text.includes("<cwmp:TransferComplete>") && completes(staged).length === 1 ? "hangUp" : files(received);
    acs.script.push(download(staged.file));
    await cpe.start();
    await pass(0);
    expect(cpe.transfers).toMatchObject([{ commandKey: "d1", state: 3 }]);
    await pass(seconds(10));
    expect(codes(staged)[2]).toEqual(["7 TRANSFER COMPLETE", "M Download d1"]);
    expect(completes(staged)).toHaveLength(2);
    expect(cpe.transfers).toEqual([]);
  });
});

describe("Upload (A.4.1.5)", () => {
  it("puts the configuration to the URL and is reported", async () => {
    const staged = await withFiles();
    const { acs, cpe, pass } = staged;
    const URL = staged.file.replace("/file", "/up");
    acs.script.push(
      rpc("Upload", {
        CommandKey: "u1",
        FileType: "1 Vendor Configuration File",
        URL,
        Username: "",
        Password: "",
        DelaySeconds: 0,
      }),
    );
    await cpe.start();
    await pass(0);
    const put = acs.received.find(({ method }) => method === "PUT");
    expect(put!.url).toBe("/up");
    expect(put!.text).toContain("Device.WiFi.SSID.1.SSID=home-1\n");
    expect(codes(staged)[1]).toEqual(["7 TRANSFER COMPLETE", "M Upload u1"]);
  });
});

describe("ScheduleDownload (A.4.1.8)", () => {
  it("runs when its window opens", async () => {
    const staged = await withFiles();
    staged.acs.script.push(schedule(staged.file, [[100, 200]]));
    await staged.cpe.start();
    await staged.pass(seconds(99));
    expect(staged.acs.received.some(({ method }) => method === "GET")).toBe(false);
    await staged.pass(seconds(1));
    await staged.pass(seconds(5));
    expect(codes(staged)[1]).toContain("M ScheduleDownload s1");
    expect(completes(staged)[0]!.FaultStruct.FaultCode).toBe(0);
  });

  it("is tried again in the second window after it failed in the first", async () => {
    const staged = await withFiles();
    const { acs, cpe, clock, pass } = staged;
    acs.script.push(
      schedule(staged.file, [
        [10, 20],
        [100, 200],
      ]),
    );
    const gets = (): number => acs.received.filter(({ method }) => method === "GET").length;
    acs.hook = ({ method }) =>
      method === "GET" ? (gets() === 1 ? { status: 503 } : { status: 200, body: "version=9" }) : undefined;
    await cpe.start();
    await clock.advance(seconds(10));
    await acs.until(() => gets() === 1);
    const waiting = clock.pending;
    while (clock.pending === waiting) await clock.advance(0);
    await pass(seconds(90));
    await pass(seconds(5));
    expect(gets()).toBe(2);
    expect(completes(staged)[0]!.FaultStruct.FaultCode).toBe(0);
  });

  it("refuses windows that end before they begin or overlap", async () => {
    const { acs, cpe } = await withFiles();
    acs.script.push(
      schedule("http://127.0.0.1:1/", [[20, 10]]),
      schedule("http://127.0.0.1:1/", [
        [0, 50],
        [40, 90],
      ]),
    );
    await cpe.start();
    expect(acs.faults).toEqual([9003, 9003]);
  });
});

describe("the queue of transfers", () => {
  it("is told by GetQueuedTransfers and GetAllQueuedTransfers", async () => {
    const { acs, cpe } = await withFiles();
    acs.script.push(
      download("http://127.0.0.1:1/", { DelaySeconds: 60, FileSize: 7, TargetFileName: "t" }),
      rpc("GetQueuedTransfers", {}),
      rpc("GetAllQueuedTransfers", {}),
    );
    await cpe.start();
    expect(acs.responses("GetQueuedTransfers")[0]!.body.TransferList).toEqual([{ CommandKey: "d1", State: 1 }]);
    expect(acs.responses("GetAllQueuedTransfers")[0]!.body.TransferList).toEqual([
      {
        CommandKey: "d1",
        State: 1,
        IsDownload: true,
        FileType: "3 Vendor Configuration File",
        FileSize: 7,
        TargetFileName: "t",
      },
    ]);
  });

  it("lets go of a transfer by CancelTransfer, which is then never reported (A.4.1.9)", async () => {
    const staged = await withFiles();
    const { acs, cpe, pass } = staged;
    acs.script.push(download(staged.file, { DelaySeconds: 60 }));
    await cpe.start();
    acs.script.push(rpc("CancelTransfer", { CommandKey: "d1" }), rpc("CancelTransfer", { CommandKey: "unknown" }));
    await cpe.inform(["2 PERIODIC"]);
    expect(acs.responses("CancelTransfer")).toHaveLength(2);
    await pass(seconds(100));
    expect(completes(staged)).toEqual([]);
  });

  it("refuses to cancel a transfer that runs with 9021", async () => {
    const staged = await withFiles();
    const { acs, cpe, pass } = staged;
    let release = (): void => undefined;
    acs.hook = ({ method }) =>
      method === "GET"
        ? new Promise((resolve) => {
            release = () => resolve({ status: 200, body: "x" });
          })
        : undefined;
    acs.script.push(download(staged.file));
    await cpe.start();
    await staged.clock.advance(0);
    await acs.until(() => true);
    while (!acs.received.some(({ method }) => method === "GET")) await staged.clock.advance(0);
    acs.script.push(rpc("CancelTransfer", { CommandKey: "d1" }));
    await cpe.inform(["2 PERIODIC"]);
    expect(acs.faults).toEqual([9021]);
    release();
    await pass(0);
    expect(completes(staged)).toHaveLength(1);
  });
});
