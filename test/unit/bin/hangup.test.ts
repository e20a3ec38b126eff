import { EventEmitter } from "node:events";
import { describe, expect, it } from "@jest/globals";
import { reloadOnHangup } from "../../../bin/hangup.ts";
import { silentLogger } from "../../../platform/log/logger.ts";

describe("SIGHUP", () => {
  it("makes every part with TLS read its files again, also when those of another are no good", async () => {
    const process = new EventEmitter() as unknown as Pick<NodeJS.Process, "on"> & EventEmitter;
    const failures: string[] = [];
    const log = { ...silentLogger, error: (_fields: unknown, text?: string) => void failures.push(text ?? "") };
    let reloads = 0;
    const bad = { reloadTls: () => Promise.reject(new Error("not PEM")) };
    const good = { reloadTls: () => Promise.resolve(void (reloads += 1)) };
    reloadOnHangup([bad, {}, good], log, process);
    process.emit("SIGHUP");
    process.emit("SIGHUP");
    await new Promise(setImmediate);
    expect(reloads).toBe(2);
    expect(failures).toHaveLength(2);
  });

  it("keeps its meaning where there is no TLS", () => {
    const process = new EventEmitter() as unknown as Pick<NodeJS.Process, "on"> & EventEmitter;
    reloadOnHangup([{}], silentLogger, process);
    expect(process.listenerCount("SIGHUP")).toBe(0);
  });
});
