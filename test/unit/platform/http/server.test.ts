import { afterEach, describe, expect, it } from "@jest/globals";
import { seconds } from "../../../../kernel/time.ts";
import { readBody } from "../../../../platform/http/body.ts";
import type { HttpHandler, HttpServer, HttpServerOptions } from "../../../../platform/http/server.ts";
import { createLogger } from "../../../../platform/log/create-logger.ts";
import { listen as open, Peer, post } from "./peer.ts";

const running: HttpServer[] = [];
const listen = async (options: Partial<HttpServerOptions> & Pick<HttpServerOptions, "handler">) => {
  const server = await open(options);
  running.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

const hello: HttpHandler = (_, response) => {
  response.setHeader("content-length", 5);
  response.end("hello");
};
const inOneMinute = () => Date.now() + seconds(60);

describe("HTTP server", () => {
  it("says where it listens, port 0 resolved", async () => {
    const server = await listen({ handler: hello });
    expect(server.address).toEqual({
      host: "127.0.0.1",
      port: expect.any(Number),
      url: `http://127.0.0.1:${server.address.port}`,
    });
    expect(await (await fetch(server.address.url)).text()).toBe("hello");
  });

  it("listens on IPv6", async () => {
    const server = await listen({ handler: hello, listen: { host: "::1", port: 0 } });
    expect(server.address.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(server.address.url)).status).toBe(200);
  });

  it("a taken port is a configuration error that names it", async () => {
    const { port } = (await listen({ handler: hello })).address;
    await expect(open({ handler: hello, listen: { host: "127.0.0.1", port } })).rejects.toMatchObject({
      code: "configuration.invalid",
      message: expect.stringContaining(`127.0.0.1:${port}: the port is taken`),
    });
  });

  it("HTTP/1.1 without Host and HTTP/1.0 are served", async () => {
    const server = await listen({ handler: hello });
    expect(await (await Peer.open(server)).send("GET / HTTP/1.1\r\n\r\n").until("hello")).toContain("200 OK");
    expect(await (await Peer.open(server)).send("GET / HTTP/1.0\r\n\r\n").untilClosed()).toContain("hello");
  });

  it.each([
    ["what is not HTTP", "\x16\x03\x01 nonsense\r\n\r\n", 400],
    ["a header that is too large", `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ["a damaged length", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400],
    ["two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400],
    ["length and chunks together", "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
  ])("%s is answered with its status and an end, without a word", async (_, bytes, status) => {
    const server = await listen({ handler: hello });
    const answer = await (await Peer.open(server)).send(bytes).untilClosed();
    expect(answer).toMatch(
      new RegExp(`^HTTP/1.1 ${status} [^\\r]+\\r\\nConnection: close\\r\\nContent-Length: 0\\r\\n\\r\\n$`),
    );
  });

  it.each(["\0", "   ", "elope>", "\0\0POST / HTTP/1.1\r\n\r\n"])(
    "%j behind a whole request does not take away its answer, but ends the connection",
    async (noise) => {
      const later: HttpHandler = (request, response) => {
        request.resume().on("end", () => setImmediate(() => response.end("hello")));
      };
      const server = await listen({ handler: later });
      const answer = await (await Peer.open(server)).send(post({ "Content-Length": 2 }, `ab${noise}`)).untilClosed();
      expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*Connection: close\r\n[^]*hello/);
      expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
      expect(await server.openConnections()).toBe(0);
    },
  );

  it("a header that never ends is answered 408", async () => {
    const server = await listen({ handler: hello, limits: { headerTimeout: 300, requestTimeout: 400 } });
    expect(await (await Peer.open(server)).send("GET / HTTP/1.1\r\nX: ").untilClosed()).toMatch(/^HTTP\/1.1 408 /);
  });

  it("connections beyond the most are refused and the others served", async () => {
    const server = await listen({ handler: hello, limits: { maxConnections: 1 } });
    const first = await Peer.open(server);
    await first.send("GET / HTTP/1.1\r\n\r\n").until("hello");
    expect(await (await Peer.open(server)).untilClosed()).toBe("");
    expect(await server.openConnections()).toBe(1);
  });

  it("what a handler throws is logged and answered 500 without a word", async () => {
    const lines: string[] = [];
    const log = createLogger({
      level: "info",
      format: "json",
      destination: { write: (line) => void lines.push(line) },
    });
    const server = await listen({ log, handler: () => Promise.reject(new Error("secret reason")) });
    const answer = await (await Peer.open(server)).send(post({ "Content-Length": 0 })).until("\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1.1 500 /);
    expect(answer).not.toContain("secret reason");
    expect(lines.join("")).toContain("secret reason");
  });

  it("a draining server finishes what runs, says close, and accepts no more", async () => {
    let finish = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let answer = (): void => undefined;
    const server = await listen({
      handler: async (_, response) => {
        finish();
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        response.end("done");
      },
    });
    const idle = await Peer.open(server);
    const busy = await Peer.open(server);
    busy.send("GET / HTTP/1.1\r\n\r\n");
    await arrived;
    const drained = server.drain(inOneMinute());
    expect(await idle.untilClosed()).toBe("");
    answer();
    expect(await busy.untilClosed()).toMatch(/Connection: close[\s\S]*done/);
    await drained;
    expect(() => server.address).toThrow();
  });

  it("an exchange that outlasts the deadline is cut", async () => {
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const server = await listen({ handler: () => arrive() });
    const peer = (await Peer.open(server)).send("GET / HTTP/1.1\r\n\r\n");
    await arrived;
    await server.drain(Date.now() + 50);
    expect(await peer.untilClosed()).toBe("");
  });

  it("starts again after it was stopped", async () => {
    const server = await listen({ handler: hello });
    await server.stop();
    await server.start();
    expect((await fetch(server.address.url)).status).toBe(200);
  });

  it("a peer that expects 100 gets it when its body is wanted, and keeps its connection", async () => {
    const server = await listen({
      handler: async (request, response) => {
        const result = await readBody(request, { maxBytes: 100, maxInflatedBytes: 100, timeout: seconds(5) });
        response.end(result.ok ? `got ${result.body.toString()}` : "no");
      },
    });
    const peer = (await Peer.open(server)).send(post({ "Content-Length": 2, Expect: "100-continue" }));
    await peer.until("100 Continue\r\n\r\n");
    expect(await peer.send("ab").until("got ab")).not.toContain("Connection: close");
  });

  it("a peer that expects 100 and is refused at once gets no 100, and its connection ends", async () => {
    const server = await listen({
      handler: (_, response) => void response.writeHead(401, { "content-length": 0 }).end(),
    });
    const peer = (await Peer.open(server)).send(post({ "Content-Length": 2, Expect: "100-continue" }));
    const answer = await peer.untilClosed();
    expect(answer).toMatch(/^HTTP\/1.1 401 [\s\S]*Connection: close/);
  });
});
