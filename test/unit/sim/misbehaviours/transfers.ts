import { expect } from "@jest/globals";
import { seconds } from "../../../../kernel/time.ts";
import { download, rpc, type Stage } from "../stage.ts";
import type { Show, Shows } from "./show.ts";

const methods = rpc("GetRPCMethods", {});

/** A CPE that was told in its first session to download a small file, which the ACS serves. */
async function ordered(open: Parameters<Show>[0], ...more: ReturnType<typeof rpc>[]): Promise<Stage> {
  const staged = await open({ interval: seconds(100_000) });
  const { acs, cpe } = staged;
  acs.hook = ({ method }) => (method === "GET" ? { status: 200, body: "file" } : undefined);
  acs.script.push(download(new URL("/file", acs.url).href), ...more);
  await cpe.start();
  return staged;
}

/** The POSTs of the whole dialogue, without the file's GET. */
const posts = ({ acs }: Stage): string[] => acs.story.filter((_, at) => acs.received[at]!.method === "POST");

export const transfers: Shows = {
  "download-at-once": async (open) => {
    const staged = await ordered(open);
    await staged.pass(seconds(100));
    expect(posts(staged)).toEqual(["Inform", "-", "DownloadResponse"]);
    expect(staged.acs.received.map(({ method }) => method)).toEqual(["POST", "POST", "GET", "POST"]);
    expect(staged.acs.responses("Download")[0]!.body).toEqual({
      Status: 0,
      StartTime: "2026-11-22T12:00:00Z",
      CompleteTime: "2026-11-22T12:00:00Z",
    });
  },
  "transfer-same-session": async (open) => {
    const staged = await ordered(open);
    expect(posts(staged)).toEqual(["Inform", "-", "DownloadResponse", "TransferComplete", "-"]);
    expect(staged.acs.received.find(({ text }) => text.includes("DownloadResponse"))!.answered).toBe(204);
    await staged.pass(seconds(100));
    expect(staged.acs.informs).toHaveLength(1);
  },
  "interleaved-transfer-complete": async (open) => {
    const staged = await ordered(open);
    staged.acs.script.push(methods);
    await staged.pass(0);
    expect(posts(staged).slice(3)).toEqual(["Inform", "-", "TransferComplete", "-", "GetRPCMethodsResponse"]);
  },
  "duplicate-transfer-complete": async (open) => {
    const staged = await ordered(open);
    await staged.pass(0);
    expect(posts(staged).slice(3)).toEqual(["Inform", "TransferComplete", "TransferComplete", "-"]);
    const [first, second] = staged.acs.requests("TransferComplete");
    expect(second).toEqual(first);
  },
  "transfer-without-event": async (open) => {
    const staged = await ordered(open);
    await staged.pass(0);
    expect(staged.acs.informs[1]!.body.Event).toEqual([{ EventCode: "M Download", CommandKey: "d1" }]);
    expect(staged.acs.requests("TransferComplete")).toHaveLength(1);
  },
  "transfer-without-key": async (open) => {
    const staged = await ordered(open);
    await staged.pass(0);
    expect(staged.acs.requests("TransferComplete")[0]!.body.CommandKey).toBe("");
  },
  "no-transfer-complete": async (open) => {
    const staged = await ordered(open);
    await staged.pass(seconds(100));
    await staged.acs.until(() => staged.acs.received.some(({ method }) => method === "GET"));
    await staged.cpe.inform(["2 PERIODIC"]);
    expect(posts(staged)).toEqual(["Inform", "-", "DownloadResponse", "Inform", "-"]);
    expect(staged.cpe.transfers).toEqual([]);
  },
  "close-after-transfer": async (open) => {
    const staged = await ordered(open);
    await staged.pass(0);
    expect(posts(staged).slice(3)).toEqual(["Inform", "TransferComplete"]);
    await staged.acs.until(() => staged.acs.openConnections === 0);
  },
};
