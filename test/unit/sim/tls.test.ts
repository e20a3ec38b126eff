import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { HttpClient, ordinaryHttp } from "../../../sim/cpe/http-client.ts";
import type { TlsIdentity } from "../../../sim/cpe/http-exchange.ts";
import { createAuthority } from "../../support/certificate.ts";

const POST = { method: "POST", body: Buffer.from("body"), headers: {} } as const;

describe("a CPE's HTTP over TLS", () => {
  const authority = createAuthority("authority");
  let server: Server;
  const peers: (string | undefined)[] = [];

  beforeEach(async () => {
    peers.length = 0;
    const { certificate: cert, key } = authority.issue("acs");
    const options = { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false };
    server = createServer(options, (request, response) => {
      const socket = request.socket as TLSSocket;
      peers.push(socket.authorized ? String(socket.getPeerCertificate().subject.CN) : undefined);
      request.resume();
      if (request.url === "/down") response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end();
      else response.end("answer");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function send(path: string, tls?: TlsIdentity, version: "1.0" | "1.1" = "1.1"): Promise<string> {
    const habits = { ...ordinaryHttp, version };
    const client = new HttpClient({ timeout: 5_000, habits, ...(tls === undefined ? {} : { tls }) });
    const { port } = server.address() as AddressInfo;
    try {
      const { answer } = await client.send(new URL(path, `https://127.0.0.1:${port}`), POST);
      return answer.body.toString();
    } finally {
      client.close();
    }
  }

  it.each(["1.0", "1.1"] as const)("shows its certificate, with HTTP/%s", async (version) => {
    const { certificate: cert, key } = authority.issue("00D0FF-SN1");
    expect(await send("/", { cert, key, ca: authority.certificate }, version)).toBe("answer");
    expect(peers).toEqual(["00D0FF-SN1"]);
  });

  it("trusts every server while it has no authority, and only that one's once it has one", async () => {
    expect(await send("/")).toBe("answer");
    await expect(send("/", { ca: createAuthority("other").certificate })).rejects.toThrow();
    expect(peers).toEqual([undefined]);
  });

  it("follows no redirect from https to http", async () => {
    await expect(send("/down")).rejects.toThrow("redirected from https to http");
  });
});
