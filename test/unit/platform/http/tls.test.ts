import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { HttpHandler, HttpServer } from "../../../../platform/http/server.ts";
import type { TlsFiles } from "../../../../platform/http/tls.ts";
import { createAuthority } from "../../../support/certificate.ts";
import { listen, Peer } from "./peer.ts";

const authority = createAuthority("Test CA");
const serverPair = authority.issue("localhost");
const clientPair = authority.issue("00D0FF-SN1");

const whoIs: HttpHandler = (incoming, response) => {
  const socket = incoming.socket as TLSSocket;
  const subject = socket.getPeerCertificate().subject as { CN?: string } | undefined;
  response.end(`${socket.authorized} ${subject?.CN ?? "nobody"}`);
};

describe("HTTPS server", () => {
  let directory: string;
  let server: HttpServer | undefined;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "steward-tls-"));
    await Promise.all([
      writeFile(join(directory, "cert.pem"), serverPair.certificate),
      writeFile(join(directory, "key.pem"), serverPair.key),
      writeFile(join(directory, "ca.pem"), authority.certificate),
    ]);
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await rm(directory, { recursive: true });
  });

  const start = async (more: Partial<TlsFiles> = {}): Promise<HttpServer> => {
    const tls = { certificate: join(directory, "cert.pem"), key: join(directory, "key.pem"), ...more };
    server = await listen({ handler: whoIs, tls });
    return server;
  };
  const get = (more: { cert?: string; key?: string; maxVersion?: "TLSv1.2" } = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: server!.address.port,
        ca: authority.certificate,
        agent: false as const,
        ...more,
      };
      const outgoing = request(options, (response) => {
        response.setEncoding("utf8").on("data", resolve).on("error", reject);
      });
      outgoing.on("error", reject).end();
    });
  const identity = { cert: clientPair.certificate, key: clientPair.key };

  it("answers over TLS and says so in its URL", async () => {
    expect((await start()).address.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await get()).toBe("false nobody");
  });

  it("an optional client certificate is known when it is given", async () => {
    await start({ clientCa: join(directory, "ca.pem") });
    expect(await get(identity)).toBe("true 00D0FF-SN1");
    expect(await get()).toBe("false nobody");
  });

  it("a certificate of another authority does not count as proved", async () => {
    await start({ clientCa: join(directory, "ca.pem") });
    const stranger = createAuthority("Other CA").issue("00D0FF-SN1");
    expect(await get({ cert: stranger.certificate, key: stranger.key })).toBe("false 00D0FF-SN1");
  });

  it("a required client certificate keeps others out", async () => {
    await start({ clientCa: join(directory, "ca.pem"), clientCertificate: "required" });
    expect(await get(identity)).toBe("true 00D0FF-SN1");
    await expect(get()).rejects.toThrow();
  });

  it("versions older than the least are refused", async () => {
    await start({ minVersion: "TLSv1.3" });
    await expect(get({ maxVersion: "TLSv1.2" })).rejects.toThrow();
    expect(await get()).toBe("false nobody");
  });

  it("plain HTTP on its port ends the connection and harms nobody", async () => {
    const peer = await Peer.open(await start());
    await peer.send("GET / HTTP/1.1\r\n\r\n").untilClosed();
    expect(await get()).toBe("false nobody");
  });

  it("new files are used after a reload", async () => {
    await start();
    const other = createAuthority("Next CA").issue("localhost");
    await writeFile(join(directory, "cert.pem"), other.certificate);
    await writeFile(join(directory, "key.pem"), other.key);
    await server!.reloadTls();
    await expect(get()).rejects.toThrow();
  });

  it("files that cannot be read are a configuration error that names them", async () => {
    await expect(start({ key: "/none.pem" })).rejects.toMatchObject({
      code: "configuration.invalid",
      message: expect.stringContaining("/none.pem"),
    });
  });

  it("files that are not PEM or do not fit together are a configuration error, and a reload keeps the old ones", async () => {
    await expect(
      start({ clientCa: join(directory, "key.pem"), key: join(directory, "cert.pem") }),
    ).rejects.toMatchObject({ code: "configuration.invalid" });
    await start();
    await writeFile(join(directory, "key.pem"), clientPair.key);
    await expect(server!.reloadTls()).rejects.toMatchObject({ code: "configuration.invalid" });
    expect(await get()).toBe("false nobody");
  });

  it("a key of another type than the certificate's does not fit it", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await writeFile(join(directory, "key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
    await expect(start()).rejects.toMatchObject({
      code: "configuration.invalid",
      message: expect.stringContaining("do not fit together"),
    });
  });

  it("a handshake that does not end does not hold a drain up beyond its deadline", async () => {
    const peer = await Peer.open(await start());
    peer.send(Buffer.from([0x16, 0x03, 0x01]));
    await server!.drain(Date.now() + 100);
    await peer.untilClosed();
  });
});
