import { createHash } from "node:crypto";
import { fault } from "../../acs/rpc/faults.ts";
import type { Clock } from "../../kernel/time.ts";
import { HttpClient } from "./http-client.ts";
import { type FinishedTransfer, type PendingTransfer, wireTime } from "./state.ts";

export interface TransferOutcome {
  readonly finished: FinishedTransfer;
  /** Of a firmware image that was fetched: the version that the CPE then reports. */
  readonly firmwareVersion?: string;
}

export interface TransferTools {
  readonly clock: Clock;
  /** What an upload of the configuration holds. */
  readonly configuration: () => string;
}

const NOTHING = Buffer.alloc(0);
const faultsByStatus: Readonly<Record<number, number>> = { 401: 9012, 403: 9016, 404: 9016 };

/** Carries a transfer out for real, over HTTP (TR-069 A.3.2.8, A.4.1.5). Aborting ends it as failed. */
export async function carryOut(
  transfer: PendingTransfer,
  { clock, configuration }: TransferTools,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  const startTime = wireTime(clock.now());
  const image = new ImageReader();
  const code = await exchanged(transfer, configuration, image, signal);
  const finished = {
    faultCode: code,
    faultString: code === 0 ? "" : fault(code).faultString,
    startTime,
    completeTime: wireTime(clock.now()),
  };
  const isFirmware = code === 0 && transfer.kind !== "upload" && transfer.fileType.startsWith("1");
  return { finished, ...(isFirmware ? { firmwareVersion: image.version() } : {}) };
}

/** The fault code, 0 for success. */
async function exchanged(
  { kind, url, username, password, fileSize }: PendingTransfer,
  configuration: () => string,
  image: ImageReader,
  signal: AbortSignal,
): Promise<number> {
  const http = new HttpClient({ timeout: 30_000, ...(username === "" ? {} : { credentials: { username, password } }) });
  const close = (): void => http.close();
  signal.addEventListener("abort", close);
  try {
    const upload = kind === "upload";
    const { answer } = await http.send(
      new URL(url),
      upload
        ? { method: "PUT", body: Buffer.from(configuration()), headers: { "Content-Type": "application/octet-stream" } }
        : { method: "GET", body: NOTHING, headers: {}, sink: (chunk) => image.take(chunk) },
    );
    if (answer.status < 200 || answer.status > 299) return faultsByStatus[answer.status] ?? (upload ? 9011 : 9010);
    return !upload && fileSize > 0 && image.size !== fileSize ? 9018 : 0;
  } catch {
    return 9015;
  } finally {
    signal.removeEventListener("abort", close);
    http.close();
  }
}

/** Reads a firmware image and keeps none of it. */
class ImageReader {
  readonly #hash = createHash("sha256");
  #head = NOTHING;
  size = 0;

  take(chunk: Buffer): void {
    this.#hash.update(chunk);
    this.size += chunk.length;
    if (this.#head.length < 64) this.#head = Buffer.concat([this.#head, chunk.subarray(0, 64)]);
  }

  /** An image that begins with `version=X` is version X; any other is named by its hash. */
  version(): string {
    const named = /^version=([\w.-]{1,40})/.exec(this.#head.toString("latin1"))?.[1];
    return named ?? `sha-${this.#hash.digest("hex").slice(0, 8)}`;
  }
}
