import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { digestResponse } from "../../../../../acs/http/authentication/digest.ts";
import { parseAuthentication } from "../../../../../acs/http/authentication/parameters.ts";
import { createFileUrls } from "../../../../../acs/http/files/file-urls.ts";
import type { FileLocation } from "../../../../../acs/procedures/procedure.ts";
import type { DeviceDocument } from "../../../../../fleet/devices/model.ts";
import type { EventInput } from "../../../../../fleet/door.ts";
import { createFiles, type Files } from "../../../../../fleet/files/index.ts";
import type { FileDocument } from "../../../../../fleet/files/model.ts";
import { mib } from "../../../../../kernel/bytes.ts";
import { hours } from "../../../../../kernel/time.ts";
import { createSecrets } from "../../../../../platform/secrets/secrets.ts";
import { VirtualClock } from "../../../../support/virtual-clock.ts";
import { memoryStore } from "../../../fleet/files/memory-store.ts";
import { type Fixture, type FixtureOptions, startListener } from "../listener-fixture.ts";
import { RawClient } from "../raw-client.ts";

const open: { fixtures: Fixture[]; clients: RawClient[]; directories: string[] } = {
  fixtures: [],
  clients: [],
  directories: [],
};

afterEach(async () => {
  for (const client of open.clients.splice(0)) client.close();
  for (const { listener } of open.fixtures.splice(0)) await listener.stop();
  for (const directory of open.directories.splice(0)) rmSync(directory, { recursive: true });
});

const target = { deviceId: "device1", operationId: "operation1", fileType: "2 Vendor Log File" };

async function start(options: FixtureOptions = {}, change: (files: Files) => Files = (files) => files) {
  const directory = mkdtempSync(join(tmpdir(), "steward-file-server-"));
  open.directories.push(directory);
  const clock = new VirtualClock();
  const secrets = createSecrets("the secret key of this test, long enough");
  const store = memoryStore();
  const events: EventInput[] = [];
  const stored = createFiles({
    store,
    clock,
    directory,
    maxFileSize: mib(4),
    events: { append: async (more) => void events.push(...more) },
    inUse: async () => new Set(),
  });
  const files = change(stored);
  const fixture = await startListener({ authentication: { mode: "required" }, ...options, files, secrets, clock });
  open.fixtures.push(fixture);
  const urls = createFileUrls({
    files: stored,
    secrets,
    clock,
    publicUrl: () => "http://acs.example:7547/",
    lifetime: hours(1),
  });
  const pathOf = async (location: Promise<FileLocation> | FileLocation): Promise<string> =>
    (await location).url.slice("http://acs.example:7547".length);
  const connect = async (): Promise<RawClient> => {
    const client = await RawClient.open(fixture.port);
    open.clients.push(client);
    return client;
  };
  return {
    ...fixture,
    directory,
    clock,
    files: stored,
    fileEvents: events,
    connect,
    client: await connect(),
    put: (content: string | Buffer, more = {}): Promise<FileDocument> =>
      stored.create(
        one(Buffer.from(content as string)),
        { name: "fw 1.bin", fileType: "1 Firmware Upgrade Image", ...more },
        "t",
      ),
    download: (file: FileDocument): Promise<string> => pathOf(urls.download(file._id, "device1")),
    upload: (): Promise<string> => pathOf(urls.upload(target.deviceId, target.operationId, target.fileType)),
    descriptors: (): string[] =>
      readdirSync("/proc/self/fd")
        .map(linkOf)
        .filter((path) => path.startsWith(directory)),
    /** A URL as it was before the signature stood in the path. */
    sign: (purpose: string, path: string, until: number): string => {
      const expires = String(Math.ceil(until / 1000));
      const signature = secrets.mac(`url.${purpose}`, `${expires}\n${path}`).toString("base64url");
      return `${path}${path.includes("?") ? "&" : "?"}expires=${expires}&signature=${signature}`;
    },
    incoming: (): string[] =>
      readdirSync(directory, { recursive: true })
        .map(String)
        .filter((path) => /incoming\/./.test(path)),
  };
}

async function* one(bytes: Buffer): AsyncIterable<Uint8Array> {
  yield bytes;
}

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return "";
  }
}

const request = (method: string, path: string, headers: Record<string, string> = {}): string =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;

/** Waits on the loop, not on time: for what another turn of it brings about. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 10_000; i++) {
    if (holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("this never came to hold");
}

describe("a download by a signed URL", () => {
  it("gives the content, its length and its validators", async () => {
    const { client, put, download } = await start();
    const file = await put("firmware");
    client.send(request("GET", await download(file)));
    const { status, headers, body } = await client.next();
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: "firmware" });
    expect(headers).toMatchObject({
      "content-length": "8",
      etag: `"${file.sha256}"`,
      "last-modified": new Date(file.createdAt).toUTCString(),
      "accept-ranges": "bytes",
      "content-type": "application/octet-stream",
    });
    client.send(request("HEAD", await download(file)));
    expect(await client.next({ head: true })).toMatchObject({ status: 200, headers: { "content-length": "8" } });
  });

  it("fits into the 256 characters that a Download allows", async () => {
    const { put, download, upload } = await start();
    const file = await put("x", { name: `${"ä b".repeat(60)}.bin` });
    expect("https://acs.some-operator.example:7547".length + (await download(file)).length).toBeLessThanOrEqual(256);
    expect("https://acs.some-operator.example:7547".length + (await upload()).length).toBeLessThanOrEqual(256);
    // Nor has it anything that XML or a URL escapes: agents exist that do not undo it.
    expect(await download(file)).toMatch(/^[\w/.-]+$/);
    expect(await upload()).toMatch(/^[\w/.-]+$/);
  });

  it("that was signed in the query, as URLs once were, is still served", async () => {
    const { client, put, clock, sign } = await start();
    const path = `/files/d/${(await put("firmware"))._id}/fw.bin`;
    client.send(request("GET", sign("file.download", path, clock.now() + hours(1))));
    expect(await client.next()).toMatchObject({ status: 200, body: Buffer.from("firmware") });
  });

  it.each([
    ["bytes=2-4", 206, "rmw", "bytes 2-4/8"],
    ["bytes=-3", 206, "are", "bytes 5-7/8"],
    ["bytes=6-", 206, "re", "bytes 6-7/8"],
    ["bytes=8-", 416, "", "bytes */8"],
    ["bytes=0-1,4-5", 200, "firmware", undefined],
  ])("with Range %s is answered %d", async (range, status, body, contentRange) => {
    const { client, put, download } = await start();
    client.send(request("GET", await download(await put("firmware")), { Range: range }));
    const response = await client.next();
    expect({
      status: response.status,
      body: response.body.toString(),
      contentRange: response.headers["content-range"],
    }).toEqual({ status, body, contentRange });
  });

  it("is resumed only when the content is the same", async () => {
    const { client, put, download } = await start();
    const file = await put("firmware");
    client.send(request("GET", await download(file), { Range: "bytes=4-", "If-Range": `"${file.sha256}"` }));
    expect(await client.next()).toMatchObject({ status: 206, body: Buffer.from("ware") });
    client.send(request("GET", await download(file), { Range: "bytes=4-", "If-Range": '"another"' }));
    expect(await client.next()).toMatchObject({ status: 200, body: Buffer.from("firmware") });
  });

  it("is answered 304 when the peer has it, 412 when it wants another", async () => {
    const { client, put, download } = await start();
    const file = await put("firmware");
    const ask = async (headers: Record<string, string>): Promise<number> => {
      client.send(request("GET", await download(file), headers));
      return (await client.next()).status;
    };
    expect(await ask({ "If-None-Match": `"x", "${file.sha256}"` })).toBe(304);
    expect(await ask({ "If-Modified-Since": new Date(file.createdAt).toUTCString() })).toBe(304);
    expect(await ask({ "If-None-Match": '"x"', "If-Modified-Since": new Date(file.createdAt).toUTCString() })).toBe(
      200,
    );
    expect(await ask({ "If-Match": '"x"' })).toBe(412);
  });

  it("gives an empty file", async () => {
    const { client, put, download } = await start();
    client.send(request("GET", await download(await put(""))));
    expect(await client.next()).toMatchObject({ status: 200, headers: { "content-length": "0" } });
  });

  it("comes in absolute form as well", async () => {
    const { client, put, download } = await start();
    client.send(request("GET", `http://acs.example:7547${await download(await put("x"))}`));
    expect((await client.next()).status).toBe(200);
  });

  it("asks for credentials when the URL has ended or was changed", async () => {
    const { client, put, download, clock } = await start();
    const [file, other] = [await put("x"), await put("y")];
    const path = await download(file);
    client.send(request("GET", path.replace(file._id, other._id)));
    expect((await client.next()).status).toBe(401);
    await clock.advance(hours(2));
    client.send(request("GET", path));
    expect((await client.next()).status).toBe(401);
  });

  it("of a file that is gone is answered 404, of its content alone as well", async () => {
    const { client, put, download, files, directory } = await start();
    const [file, other] = [await put("x"), await put("y")];
    const path = await download(file);
    await files.remove(file._id, "t");
    await expect(download(file)).rejects.toMatchObject({ code: "resource.notFound" });
    client.send(request("GET", path));
    expect((await client.next()).status).toBe(404);
    rmSync(join(directory, other._id.slice(-2)), { recursive: true });
    client.send(request("GET", await download(other)));
    expect((await client.next()).status).toBe(404);
  });

  it("that breaks off leaves no descriptor open", async () => {
    const { client, put, download, descriptors } = await start();
    client.send(request("GET", await download(await put(Buffer.alloc(mib(4), 1)))));
    client.socket.pause();
    await until(() => descriptors().length === 1);
    client.close();
    await until(() => descriptors().length === 0);
  });

  it("that the peer does not take is cut off", async () => {
    const { client, put, download, descriptors } = await start({ limits: { files: { idle: 50 } } });
    client.send(request("GET", await download(await put(Buffer.alloc(mib(4), 1)))));
    client.socket.pause();
    await until(() => descriptors().length === 1);
    const gone = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (descriptors().length > 0) return;
        clearInterval(look);
        resolve();
      }, 10);
    });
    await gone;
  });

  it("beyond the number of transfers is answered 503", async () => {
    const { client, connect, put, download, descriptors } = await start({ limits: { files: { maxTransfers: 1 } } });
    const file = await put(Buffer.alloc(mib(4), 1));
    client.send(request("GET", await download(file)));
    client.socket.pause();
    await until(() => descriptors().length === 1);
    const second = await connect();
    second.send(request("GET", await download(file)));
    expect(await second.next()).toMatchObject({ status: 503, headers: { "retry-after": "60" } });
  });
});

describe("a download by credentials", () => {
  const device = { _id: "device1" } as DeviceDocument;

  async function ask(client: RawClient, path: string): Promise<number> {
    client.send(request("GET", path));
    const challenged = await client.next();
    expect(challenged.status).toBe(401);
    const nonce = parseAuthentication(challenged.headers["www-authenticate"]!)[0]!.parameters.get("nonce")!;
    const response = digestResponse({
      algorithm: "MD5",
      username: "gw1",
      realm: "acs.example",
      password: "secret-1",
      method: "GET",
      uri: path,
      nonce,
    });
    client.send(
      request("GET", path, {
        Authorization: `Digest username="gw1", realm="acs.example", nonce="${nonce}", uri="${path}", response="${response}"`,
      }),
    );
    return (await client.next()).status;
  }

  it("gives what is there for all", async () => {
    const { client, put } = await start();
    const file = await put("x");
    expect(await ask(client, `/files/d/${file._id}`)).toBe(200);
  });

  it("gives what a device sent to that device only", async () => {
    const { client, put } = await start({ byEndpoint: async (key) => (key === "cwmp:gw1" ? device : undefined) });
    const [own, foreign] = [await put("x", { deviceId: "device1" }), await put("y", { deviceId: "device2" })];
    expect(await ask(client, `/files/d/${own._id}/own.cfg`)).toBe(200);
    expect(await ask(client, `/files/d/${foreign._id}`)).toBe(404);
  });
});

describe("an upload", () => {
  it.each(["PUT", "POST"])("by %s is stored, linked and recorded before its 200", async (method) => {
    const { client, upload, files, fileEvents } = await start();
    client.send(`${request(method, await upload(), { "Content-Length": "8" })}the logs`);
    expect(await client.next()).toMatchObject({
      status: 200,
      headers: { "content-length": "0", connection: "keep-alive" },
    });
    const { items } = await files.list({ operationId: "operation1", limit: 10 });
    expect(items).toMatchObject([{ ...target, size: 8, createdBy: "device:device1" }]);
    expect(fileEvents).toMatchObject([
      { type: "file.uploadedByDevice", deviceId: "device1", operationId: "operation1" },
    ]);
  });

  it("may be chunked and await 100 Continue", async () => {
    const { client, upload, files } = await start();
    client.send(request("PUT", await upload(), { "Transfer-Encoding": "chunked", Expect: "100-continue" }));
    expect((await client.next()).status).toBe(100);
    client.send("4\r\nthe \r\n4\r\nlogs\r\n0\r\n\r\n");
    expect((await client.next()).status).toBe(200);
    expect((await files.list({ limit: 1 })).items[0]).toMatchObject({ size: 8 });
  });

  it("may be a form, of which the first file is taken", async () => {
    const { client, upload, files } = await start();
    const form =
      '--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="sys.log"\r\n\r\nthe logs\r\n--b--\r\n';
    client.send(
      `${request("POST", await upload(), { "Content-Type": "multipart/form-data; boundary=b", "Content-Length": String(form.length) })}${form}`,
    );
    expect((await client.next()).status).toBe(200);
    expect((await files.list({ limit: 1 })).items[0]).toMatchObject({ size: 8, name: "sys.log" });
  });

  it("as a form that is cut off is answered 400, and nothing of it is kept", async () => {
    const { client, upload, files } = await start();
    const form = '--b\r\nContent-Disposition: form-data; name="f"; filename="sys.log"\r\n\r\nthe lo';
    client.send(
      `${request("POST", await upload(), { "Content-Type": "multipart/form-data; boundary=b", "Content-Length": String(form.length) })}${form}`,
    );
    expect((await client.next()).status).toBe(400);
    expect((await files.list({ limit: 10 })).items).toEqual([]);
  });

  it("as a form without a file is answered 400", async () => {
    const { client, upload } = await start();
    client.send(
      `${request("POST", await upload(), { "Content-Type": "multipart/form-data; boundary=b", "Content-Length": "7" })}--b--\r\n`,
    );
    expect((await client.next()).status).toBe(400);
  });

  it("of a part is refused, since it would be taken for the whole", async () => {
    const { client, upload, files } = await start();
    const part = { "Content-Range": "bytes 4-7/8", "Content-Length": "4" };
    client.send(`${request("PUT", await upload(), part)}logs`);
    expect((await client.next()).status).toBe(400);
    expect((await files.list({ limit: 1 })).items).toEqual([]);
  });

  it("repeated is stored once", async () => {
    const { client, upload, files } = await start();
    for (let i = 0; i < 2; i++) {
      client.send(`${request("PUT", await upload(), { "Content-Length": "8" })}the logs`);
      expect((await client.next()).status).toBe(200);
    }
    expect((await files.list({ limit: 10 })).items).toHaveLength(1);
  });

  it("of nothing gives way to what comes after it: a client that awaits a Digest challenge begins so", async () => {
    const { client, upload, files } = await start();
    const put = async (content: string): Promise<void> => {
      client.send(`${request("PUT", await upload(), { "Content-Length": String(content.length) })}${content}`);
      expect((await client.next()).status).toBe(200);
    };
    await put("");
    expect((await files.list({ limit: 10 })).items).toMatchObject([{ size: 0 }]);
    await put("the logs");
    expect((await files.list({ limit: 10 })).items).toMatchObject([{ size: 8 }]);
  });

  it("to a URL that was signed in the query, as URLs once were, is still taken", async () => {
    const { client, files, clock, sign } = await start();
    const path = "/files/u/device1/operation1?type=2%20Vendor%20Log%20File";
    client.send(`${request("PUT", sign("file.upload", path, clock.now() + hours(1)), { "Content-Length": "1" })}x`);
    expect((await client.next()).status).toBe(200);
    expect((await files.list({ limit: 10 })).items).toMatchObject([target]);
  });

  it("that does not say how long it is is answered 411 and not taken for an empty file", async () => {
    const { client, connect, upload, files } = await start();
    client.send(`${request("PUT", await upload())}the logs`);
    expect((await client.next()).status).toBe(411);
    expect((await files.list({ limit: 1 })).items).toEqual([]);
    const second = await connect();
    second.send(request("PUT", await upload(), { "Content-Length": "0" }));
    expect((await second.next()).status).toBe(200);
  });

  it("by another URL than a signed one is answered 403", async () => {
    const { client, connect, upload, files, clock } = await start();
    client.send(`${request("PUT", (await upload()).replace("device1", "device2"), { "Content-Length": "1" })}x`);
    expect((await client.next()).status).toBe(403);
    const path = await upload();
    await clock.advance(hours(2));
    const second = await connect();
    second.send(`${request("PUT", path, { "Content-Length": "1" })}x`);
    expect((await second.next()).status).toBe(403);
    expect((await files.list({ limit: 1 })).items).toEqual([]);
  });

  it("that is too large is answered 413, announced or not, and leaves nothing", async () => {
    const { client, connect, upload, incoming, files } = await start();
    client.send(request("PUT", await upload(), { "Content-Length": String(mib(5)) }));
    expect((await client.next()).status).toBe(413);
    const second = await connect();
    const chunk = `100000\r\n${"x".repeat(mib(1))}\r\n`;
    second.send(request("PUT", await upload(), { "Transfer-Encoding": "chunked" }));
    for (let i = 0; i < 5; i++) second.send(chunk);
    expect((await second.next()).status).toBe(413);
    expect([incoming(), (await files.list({ limit: 1 })).items]).toEqual([[], []]);
  });

  it("that breaks off leaves nothing", async () => {
    const { client, upload, incoming, descriptors, files } = await start();
    client.send(`${request("PUT", await upload(), { "Content-Length": "100" })}half`);
    await until(() => incoming().length === 1);
    client.close();
    await until(() => incoming().length === 0 && descriptors().length === 0);
    expect((await files.list({ limit: 1 })).items).toEqual([]);
  });

  it("that stalls is cut off and leaves nothing", async () => {
    const { client, upload, incoming } = await start({ limits: { files: { idle: 50 } } });
    client.send(`${request("PUT", await upload(), { "Content-Length": "100" })}half`);
    await until(() => incoming().length === 1);
    await client.closed();
    await until(() => incoming().length === 0);
  });

  it("that cannot be stored is answered 500 without a word", async () => {
    const { client, upload } = await start({}, (files) => ({
      ...files,
      list: (query) => files.list(query),
      create: () => Promise.reject(new Error("a secret")),
    }));
    client.send(`${request("PUT", await upload(), { "Content-Length": "1" })}x`);
    expect((await client.next()).status).toBe(500);
    expect(client.received.toString()).not.toContain("secret");
  });

  it("with a content coding is answered 415", async () => {
    const { client, upload } = await start();
    client.send(`${request("PUT", await upload(), { "Content-Length": "1", "Content-Encoding": "gzip" })}x`);
    expect((await client.next()).status).toBe(415);
  });
});

describe("anything else below /files/", () => {
  it.each([
    ["GET", "/files/", 404],
    ["GET", "/files/d/../../etc/passwd", 404],
    ["GET", "/files/d/%2e%2e%2f", 404],
    ["GET", "/files/u/a/b", 404],
    ["POST", "/files/d/00000000000000000000000000", 405],
    ["GET", "/files/u/a/b?type=c&d=e", 405],
    ["PUT", "/files/u/%ff/b?type=c&d=e", 400],
  ])("%s %s is answered %d", async (method, path, status) => {
    const { client } = await start();
    client.send(request(method, path));
    expect((await client.next()).status).toBe(status);
  });
});
