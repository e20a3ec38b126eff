import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "@jest/globals";
import { StewardError } from "../../../../kernel/errors.ts";
import { systemClock } from "../../../../kernel/time.ts";
import { type Fixture, type FixtureOptions, startListener } from "./listener-fixture.ts";
import { post, RawClient } from "./raw-client.ts";

const open: { fixtures: Fixture[]; clients: RawClient[] } = { fixtures: [], clients: [] };

async function start(options?: FixtureOptions) {
  const fixture = await startListener(options);
  open.fixtures.push(fixture);
  const connect = async (): Promise<RawClient> => {
    const client = await RawClient.open(fixture.port, options?.host === undefined ? {} : { host: options.host });
    open.clients.push(client);
    return client;
  };
  return { ...fixture, connect, client: await connect() };
}

afterEach(async () => {
  for (const client of open.clients.splice(0)) client.close();
  for (const { listener } of open.fixtures.splice(0)) await listener.stop();
});

const soap = "<Envelope><Body><Inform></Inform></Body></Envelope>";
const bodies = (fixture: { conversations: Fixture["conversations"] }) =>
  fixture.conversations.exchanges.map(({ body }) => Buffer.from(body).toString());

describe("a message", () => {
  it("reaches the conversation with what was learnt of its connection, whatever path and query it came by", async () => {
    const fixture = await start();
    fixture.client.send(
      post(soap, { "Content-Type": "TEXT/HTML; Charset='ISO-8859-1'", SOAPAction: '"odd"' }, "/any/path?x=1"),
    );
    expect((await fixture.client.next()).status).toBe(204);
    expect(fixture.conversations.exchanges[0]).toMatchObject({
      charset: "iso-8859-1",
      remoteAddress: "127.0.0.1",
      secure: false,
      principal: { kind: "anonymous" },
      connectionId: expect.stringMatching(/^\w{12}\.\d+$/),
    });
    expect(bodies(fixture)).toEqual([soap]);
  });

  it("is answered although its CPE has nothing more to say on the connection and ends its side", async () => {
    const { client, connect, conversations } = await start();
    conversations.answer = async () => {
      await new Promise<void>((done) => {
        client.socket.end(done);
      });
      // Whoever is answered on another connection now shows that the listener has seen this one's end.
      const other = await connect();
      other.send("GET / HTTP/1.1\r\n\r\n");
      await other.next();
      return { status: 204 };
    };
    client.send(post(soap));
    expect((await client.next()).status).toBe(204);
    await client.closed();
  });

  it("is answered in one write with its length, type and the session's cookie", async () => {
    const fixture = await start();
    fixture.conversations.answer = () => ({ status: 200, body: "<ü/>", cookie: "device-token" });
    fixture.client.send(post(soap));
    const { status, headers, body } = await fixture.client.next();
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: "<ü/>" });
    expect(headers).toMatchObject({
      "content-length": "5",
      "content-type": 'text/xml; charset="utf-8"',
      "set-cookie": "session=device-token; Path=/",
      connection: "keep-alive",
    });
    expect(headers).not.toHaveProperty("transfer-encoding");
  });

  it("is answered 204 without length or type, or 200 with an empty body, as the conversation says", async () => {
    const { client, conversations } = await start();
    conversations.answer = () => ({ status: 204, cookie: "c" });
    client.send(post(""));
    const ended = await client.next();
    expect(ended.status).toBe(204);
    expect(ended.headers).not.toHaveProperty("content-length");
    expect(ended.headers["set-cookie"]).toBe("session=c; Path=/");
    conversations.answer = () => ({ status: 200 });
    client.send(post(""));
    expect(await client.next()).toMatchObject({ status: 200, headers: { "content-length": "0" } });
  });

  it("keeps its connection, and the connection its identity", async () => {
    const { client, connect, conversations } = await start();
    const other = await connect();
    for (const one of [client, client, other]) {
      one.send(post(soap));
      await one.next();
    }
    const [a, b, c] = conversations.exchanges.map(({ connectionId }) => connectionId);
    expect(a).toBe(b);
    expect(c).not.toBe(a);
  });

  it("closes its connection when the conversation says so, and tells what is closed", async () => {
    const { client, conversations } = await start();
    conversations.answer = () => ({ status: 400, close: true });
    const closed = new Promise<void>((resolve) => {
      conversations.onClosed = resolve;
    });
    client.send(post("noise"));
    expect(await client.next()).toMatchObject({ status: 400, headers: { connection: "close" } });
    await Promise.all([closed, client.closed()]);
    expect(conversations.closedConnections).toEqual([conversations.exchanges[0]!.connectionId]);
  });

  it("of a peer that has left is not mourned: the next one is served", async () => {
    const { client, connect, conversations } = await start();
    const late = new Promise<void>((resolve) => {
      conversations.answer = async () => {
        const closed = new Promise<void>((done) => {
          conversations.onClosed = done;
        });
        client.socket.resetAndDestroy();
        await closed;
        resolve();
        return { status: 200, body: "late" };
      };
    });
    client.send(post(soap));
    await late;
    conversations.answer = () => ({ status: 204 });
    const other = await connect();
    other.send(post(soap));
    expect((await other.next()).status).toBe(204);
  });
});

describe("the framing", () => {
  it("may come byte by byte", async () => {
    const fixture = await start();
    for (const byte of post(soap)) fixture.client.send(Buffer.from([byte]));
    expect((await fixture.client.next()).status).toBe(204);
    expect(bodies(fixture)).toEqual([soap]);
  });

  it("may hold two requests in one chunk: they are worked on one after the other", async () => {
    const fixture = await start();
    let running = 0;
    fixture.conversations.answer = async ({ body }) => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return { status: 200, body: Buffer.from(body).toString() };
    };
    fixture.client.send(Buffer.concat([post("first"), post("second")]));
    expect((await fixture.client.next()).body.toString()).toBe("first");
    expect((await fixture.client.next()).body.toString()).toBe("second");
  });

  it("may be chunked, split inside a word, and hold only the last chunk", async () => {
    const fixture = await start();
    const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    fixture.client.send(`${head}5\r\n<Info\r\n3;x=y\r\nrm>\r\n0\r\n\r\n`);
    await fixture.client.next();
    fixture.client.send(`${head}0\r\n\r\n`);
    await fixture.client.next();
    expect(bodies(fixture)).toEqual(["<Inform>", ""]);
  });

  it("may have no length at all, or white space for a body", async () => {
    const fixture = await start();
    fixture.client.send("POST / HTTP/1.1\r\nHost: a\r\n\r\n");
    await fixture.client.next();
    fixture.client.send(post(" \r\n\t"));
    await fixture.client.next();
    expect(bodies(fixture)).toEqual(["", " \r\n\t"]);
  });

  it("may be HTTP/1.0 without keep-alive: the connection ends with the answer", async () => {
    const { client } = await start();
    client.send(`POST /acs HTTP/1.0\r\nContent-Length: ${soap.length}\r\n\r\n${soap}`);
    expect(await client.next()).toMatchObject({ status: 204, headers: { connection: "close" } });
    await client.closed();
  });

  it("may be HTTP/1.0 with keep-alive: only the end of a session ends the connection", async () => {
    const { client, conversations } = await start();
    conversations.answer = () => ({ status: 200, body: "<x/>" });
    for (let i = 0; i < 2; i++) {
      client.send("POST /acs HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n");
      expect(await client.next()).toMatchObject({ status: 200, headers: { connection: "keep-alive" } });
    }
  });

  it("may await 100 Continue", async () => {
    const fixture = await start();
    fixture.client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${soap.length}\r\nExpect: 100-continue\r\n\r\n`);
    expect((await fixture.client.next()).status).toBe(100);
    fixture.client.send(soap);
    expect(await fixture.client.next()).toMatchObject({ status: 204, headers: { connection: "keep-alive" } });
    expect(bodies(fixture)).toEqual([soap]);
  });

  it("may come over IPv6", async () => {
    const { client, conversations } = await start({ host: "::1" });
    client.send(post(soap));
    await client.next();
    expect(conversations.exchanges[0]!.remoteAddress).toBe("::1");
  });

  it("that is not HTTP is answered 400 without a word, and closed", async () => {
    const { client, conversations } = await start();
    client.send("\x16\x03\x01\x02\x00 this is no HTTP\r\n\r\n");
    const { status, body } = await client.next();
    expect({ status, body: body.length }).toEqual({ status: 400, body: 0 });
    await client.closed();
    expect(conversations.exchanges).toEqual([]);
  });

  it("with a header that never ends is answered 408, with one that is too large 431", async () => {
    const { client, connect } = await start({ limits: { http: { headerTimeout: 150, headerSize: 2048 } } });
    client.send("POST / HTTP/1.1\r\nHost: a\r\n");
    expect((await client.next()).status).toBe(408);
    const second = await connect();
    second.send(post("", { "X-Long": "x".repeat(4096) }));
    expect((await second.next()).status).toBe(431);
  });
});

describe("a body", () => {
  it("may be gzip, also with the label on nothing", async () => {
    const fixture = await start();
    fixture.client.send(post(gzipSync(soap), { "Content-Encoding": "gzip" }));
    await fixture.client.next();
    fixture.client.send(post("", { "Content-Encoding": "gzip" }));
    await fixture.client.next();
    expect(bodies(fixture)).toEqual([soap, ""]);
  });

  it("that explodes is answered 413, and the connection goes on", async () => {
    const { client, conversations } = await start();
    client.send(post(gzipSync(Buffer.alloc(8_000_000)), { "Content-Encoding": "gzip" }));
    expect((await client.next()).status).toBe(413);
    client.send(post(soap));
    expect((await client.next()).status).toBe(204);
    expect(conversations.exchanges).toHaveLength(1);
  });

  it("of unknown coding is answered 415 with the known ones", async () => {
    const { client } = await start();
    client.send(post("x", { "Content-Encoding": "br" }));
    expect(await client.next()).toMatchObject({
      status: 415,
      headers: { "accept-encoding": "gzip, deflate, identity" },
    });
  });

  it("that is damaged is answered 400", async () => {
    const { client } = await start();
    client.send(post(gzipSync(soap).subarray(0, 20), { "Content-Encoding": "gzip" }));
    expect((await client.next()).status).toBe(400);
  });

  it("that is too large is answered 413, announced or not", async () => {
    const { client, connect } = await start();
    client.send(post(Buffer.alloc(300_000)));
    expect((await client.next()).status).toBe(413);
    const chunked = await connect();
    const chunk = `${(65_536).toString(16)}\r\n${"x".repeat(65_536)}\r\n`;
    chunked.send(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`);
    expect((await chunked.next()).status).toBe(413);
  });

  it("that never ends is answered 408 and closed", async () => {
    const { client } = await start({ limits: { messages: { bodyTimeout: 50 } } });
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    expect(await client.next()).toMatchObject({ status: 408, headers: { connection: "close" } });
    await client.closed();
  });

  it("that breaks off never reaches the conversation", async () => {
    const { client, conversations } = await start();
    const closed = new Promise<void>((resolve) => {
      conversations.onClosed = resolve;
    });
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    client.socket.end();
    await closed;
    expect(conversations.exchanges).toEqual([]);
  });
});

describe("anything but a POST", () => {
  it.each(["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])("%s is answered 405 with what is allowed", async (method) => {
    const { client, conversations } = await start();
    client.send(`${method} /acs HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(await client.next()).toMatchObject({ status: 405, headers: { allow: "POST" } });
    expect(conversations.exchanges).toEqual([]);
  });
});

describe("cookies", () => {
  it("of several headers are searched for the live session", async () => {
    const { client, conversations } = await start();
    conversations.sessions.set("live", { kind: "anonymous" });
    client.send(post("", { Cookie: "session=stale", cookie: '$Version=1, session="live"' }));
    await client.next();
    client.send(post("", { Cookie: "session=stale" }));
    await client.next();
    client.send(post(""));
    await client.next();
    expect(conversations.exchanges.map(({ cookie }) => cookie)).toEqual(["live", "stale", undefined]);
  });
});

describe("under overload", () => {
  it("a periodic Inform is answered 503 with Retry-After, a bootstrap and a running session are served", async () => {
    const { client, conversations, connect, metrics } = await start();
    conversations.liveCount = 90;
    client.send(post(soap));
    const refused = await client.next();
    expect(refused).toMatchObject({ status: 503, headers: { connection: "close" } });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(60);
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(90);
    const second = await connect();
    second.send(post(soap.replace("<Inform>", "<Inform>0 BOOTSTRAP")));
    expect((await second.next()).status).toBe(204);
    second.send(post(""));
    expect((await second.next()).status).toBe(204);
    expect(await metrics.render()).toContain('steward_acs_overloaded_total{limit="sessions"} 1');
  });

  it("one source has only so many sessions", async () => {
    const { client, conversations, connect } = await start({ limits: { admission: { maxSessionsPerSource: 1 } } });
    conversations.answer = () => ({ status: 200, body: "x", cookie: "s1" });
    client.send(post(soap));
    expect((await client.next()).status).toBe(200);
    const second = await connect();
    second.send(post(soap));
    expect((await second.next()).status).toBe(503);
    conversations.answer = () => ({ status: 204, cookie: "s1", endsSession: true });
    client.send(post("", { Cookie: "session=s1" }));
    await client.next();
    const third = await connect();
    third.send(post(soap));
    expect((await third.next()).status).toBe(204);
  });
});

describe("when something fails", () => {
  it("an unavailable engine is answered 503 with Retry-After", async () => {
    const { client, conversations } = await start();
    conversations.answer = () => {
      throw new StewardError("engine.unavailable", "the store is away");
    };
    client.send(post(soap));
    const { status, headers, body } = await client.next();
    expect({ status, body: body.length }).toEqual({ status: 503, body: 0 });
    expect(headers).toHaveProperty("retry-after");
  });

  it("our own error is answered 500 without a word of it", async () => {
    const { client, conversations } = await start();
    conversations.answer = () => {
      throw new TypeError("a secret detail");
    };
    client.send(post(soap));
    expect((await client.next()).status).toBe(500);
    await client.closed();
    expect(client.received.toString()).not.toContain("secret");
  });
});

describe("draining", () => {
  it("ends the sessions first, then the connections, and listens no more", async () => {
    const { client, listener, conversations, port } = await start();
    client.send(post(soap));
    await client.next();
    const deadline = systemClock.now() + 4000;
    await listener.drain(deadline);
    expect(conversations.drainedUntil).toBeLessThan(deadline);
    await client.closed();
    await expect(RawClient.open(port)).rejects.toThrow();
  });
});
