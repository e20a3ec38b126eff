import type { IncomingMessage, ServerResponse } from "node:http";
import type { Contacts } from "../../../fleet/door.ts";
import type { Files } from "../../../fleet/files/index.ts";
import type { FileDocument } from "../../../fleet/files/model.ts";
import type { ByteCount } from "../../../kernel/bytes.ts";
import { asStewardError, StewardError } from "../../../kernel/errors.ts";
import type { Clock, Duration } from "../../../kernel/time.ts";
import type { Logger } from "../../../platform/log/logger.ts";
import type { Secrets } from "../../../platform/secrets/secrets.ts";
import type { Principal } from "../../conversation/index.ts";
import { send } from "../answer.ts";
import type { Authenticator } from "../authentication/authenticator.ts";
import { clientCertificateOf } from "../authentication/certificate.ts";
import { peerAddress } from "../connections.ts";
import type { ListenerMetrics } from "../metrics.ts";
import { sendFile } from "./download.ts";
import { downloadSigner, filesPath, fileTypeOf, type UploadTarget, uploadSigner } from "./file-urls.ts";
import { receiveUpload } from "./upload.ts";

export interface FileServerOptions {
  files: Files;
  contacts: Pick<Contacts, "byEndpoint">;
  authenticator: Authenticator;
  secrets: Secrets;
  metrics: ListenerMetrics;
  clock: Clock;
  log: Logger;
  limits: FileServerLimits;
}

export interface FileServerLimits {
  maxUpload: ByteCount;
  /** A peer that neither sends nor takes for so long is cut off. */
  idle: Duration;
  /** Downloads and uploads at once; each holds a descriptor. */
  maxTransfers: number;
  retryAfter: Duration;
}

/** The id, then a signature, a name, or both. */
const DOWNLOAD = /^\/files\/d\/([0-9a-z]{26})(?:\/[^?/]*){0,2}(?:\?|$)/;
const UPLOAD = /^\/files\/u\/([^/?]{1,200})\/([0-9a-z]{1,64})\/([\w-]{0,300})\//;
/** As it was when the type stood in the query; see `signed-urls.ts`. */
const UPLOAD_BY_QUERY = /^\/files\/u\/([^/?]{1,200})\/([0-9a-z]{1,64})\?type=([^&]{0,200})&/;

/** Path and query of a request target, also when it came in absolute form (RFC 9112 §3.2.2). */
export const originForm = (target: string): string => target.replace(/^https?:\/\/[^/?#]*/i, "") || "/";

export const isFileTarget = (target: string): boolean => originForm(target).startsWith(filesPath);

/** Files for CPEs, below `/files/`: by a signed URL, or by the credentials of the device. */
export class FileServer {
  readonly #options: FileServerOptions;
  readonly #downloads: ReturnType<typeof downloadSigner>;
  readonly #uploads: ReturnType<typeof uploadSigner>;
  #transfers = 0;

  constructor(options: FileServerOptions) {
    this.#options = options;
    this.#downloads = downloadSigner(options.secrets);
    this.#uploads = uploadSigner(options.secrets);
  }

  /** Resolves when the transfer is over. The boundary: whatever fails becomes an answer or a cut connection, and a log line. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { log, metrics, limits } = this.#options;
    const peer = peerAddress(request.socket);
    if (this.#transfers >= limits.maxTransfers) {
      send(response, { status: 503, headers: { "Retry-After": Math.ceil(limits.retryAfter / 1000) }, close: true });
    } else {
      this.#transfers += 1;
      try {
        await this.#route(request, response, peer);
      } catch (cause) {
        const error = asStewardError(cause);
        const { method } = request;
        if (request.socket.destroyed)
          log.info({ peer, method, reason: error.message }, "the peer left during a transfer");
        else log[error.party === "steward" ? "error" : "info"]({ error, peer, method }, "file transfer failed");
        this.#fail(response, error);
      } finally {
        this.#transfers -= 1;
      }
    }
    metrics.requests.add({ carried: "file", status: String(response.statusCode) });
  }

  get transfers(): number {
    return this.#transfers;
  }

  async #route(request: IncomingMessage, response: ServerResponse, peer: string): Promise<void> {
    const target = originForm(request.url ?? "/");
    const download = DOWNLOAD.exec(target);
    if (download !== null) return this.#download(request, response, target, download[1]!, peer);
    const to = uploadTargetOf(target);
    if (to !== undefined) return this.#upload(request, response, target, to, peer);
    send(response, { status: 404, close: true });
  }

  async #download(request: IncomingMessage, response: ServerResponse, target: string, fileId: string, peer: string) {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return send(response, { status: 405, headers: { Allow: "GET, HEAD" }, close: true });
    }
    const { files, log, limits } = this.#options;
    const signed = this.#downloads.verify(target, this.#options.clock.now()) === "valid";
    const principal = signed ? undefined : await this.#principalOf(request, response, peer);
    if (!signed && principal === undefined) return;
    const file = await files.get(fileId);
    if (file === undefined || (principal !== undefined && !(await this.#mayRead(principal, file)))) {
      return send(response, { status: 404 });
    }
    log.info({ peer, fileId, method: request.method, range: request.headers.range }, "file requested");
    await sendFile(request, response, { files, file, idle: limits.idle });
  }

  async #upload(request: IncomingMessage, response: ServerResponse, target: string, to: UploadTarget, peer: string) {
    if (request.method !== "PUT" && request.method !== "POST") {
      return send(response, { status: 405, headers: { Allow: "PUT, POST" }, close: true });
    }
    const state = this.#uploads.verify(target, this.#options.clock.now());
    const { files, log, limits } = this.#options;
    if (state !== "valid") {
      log.info({ peer, state }, "upload refused");
      return send(response, { status: 403, close: true });
    }
    // Without either no body follows (RFC 9112 §6.3); what the peer sends until it closes would be lost, and taken for empty.
    const { "content-length": length, "transfer-encoding": coding } = request.headers;
    if (length === undefined && coding === undefined) return send(response, { status: 411, close: true });
    const file = await receiveUpload(request, response, {
      files,
      target: to,
      maxBytes: limits.maxUpload,
      idle: limits.idle,
    });
    log.info({ peer, fileId: file._id, size: file.size, ...to }, "file uploaded");
  }

  /** Who asks, without a signed URL; `undefined` when the answer is already given. */
  async #principalOf(request: IncomingMessage, response: ServerResponse, peer: string): Promise<Principal | undefined> {
    const verdict = await this.#options.authenticator.authenticate({
      method: request.method ?? "GET",
      target: request.url ?? "/",
      authorization: request.headers.authorization,
      secure: "encrypted" in request.socket,
      remoteAddress: peer,
      certificate: clientCertificateOf(request.socket),
    });
    if (verdict.kind === "proved") return verdict.principal;
    if (verdict.kind === "refused") send(response, { status: 403, close: true });
    else send(response, { status: 401, headers: { "WWW-Authenticate": verdict.challenges } });
    return undefined;
  }

  /** What a device sent belongs to that device; the rest is there for all. */
  async #mayRead(principal: Principal, file: FileDocument): Promise<boolean> {
    if (file.deviceId === undefined) return true;
    if (principal.kind !== "credential" || principal.endpointKey === undefined) return false;
    return (await this.#options.contacts.byEndpoint(principal.endpointKey))?._id === file.deviceId;
  }

  #fail(response: ServerResponse, error: StewardError): void {
    if (response.headersSent) return void response.destroy();
    const retry = error.status === 503 ? { "Retry-After": Math.ceil(this.#options.limits.retryAfter / 1000) } : {};
    send(response, { status: error.status === 502 ? 500 : error.status, headers: retry, close: true });
  }
}

function uploadTargetOf(target: string): UploadTarget | undefined {
  const [, deviceId, operationId, segment] = UPLOAD.exec(target) ?? [];
  if (segment !== undefined)
    return { deviceId: decoded(deviceId!), operationId: operationId!, fileType: fileTypeOf(segment) };
  const [, device, operation, fileType] = UPLOAD_BY_QUERY.exec(target) ?? [];
  if (fileType === undefined) return undefined;
  return { deviceId: decoded(device!), operationId: operation!, fileType: decoded(fileType) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new StewardError("argument.invalid", "the URL is not well encoded", { cause });
  }
}
