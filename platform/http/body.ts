import type { IncomingMessage } from "node:http";
import { type ByteCount, mib } from "../../kernel/bytes.ts";
import { type Clock, type Duration, seconds, systemClock } from "../../kernel/time.ts";
import { codingOf, inflateBody } from "./coding.ts";
import { isAwaitingContinue, sendContinue } from "./expectation.ts";

export interface BodyLimits {
  /** As sent. */
  maxBytes: ByteCount;
  /** After decompression. */
  maxInflatedBytes: ByteCount;
  /** From now until the last byte. */
  timeout: Duration;
  clock?: Clock;
}

/**
 * `aborted`: the peer left, nobody waits for an answer. Otherwise `status` is the answer; a 415 carries
 * `Accept-Encoding: acceptedCodings`. `reusable` is false when the rest of the body is still on its way: the answer then
 * says `Connection: close`.
 */
export type BodyResult =
  | { ok: true; body: Buffer /** Bytes as sent. */; received: ByteCount }
  | { ok: false; problem: "aborted"; reason: string }
  | { ok: false; problem: "refused"; status: 400 | 408 | 413 | 415; reason: string; reusable: boolean };

/** How much of a body that is too large is read and thrown away, so that the peer gets to read the answer. */
const DISCARD_BYTES = mib(8);
const DISCARD_TIME = seconds(2);

const refused = (status: 400 | 408 | 413 | 415, reason: string, reusable: boolean): BodyResult => ({
  ok: false,
  problem: "refused",
  status,
  reason,
  reusable,
});

const NOTHING = Buffer.alloc(0);

/** The head says that there is no body: half of a CPE's messages. An empty body needs no decoding, whatever its label. */
const isEmpty = ({ headers }: IncomingMessage): boolean =>
  headers["content-length"] === "0" && headers["transfer-encoding"] === undefined;

/** The whole body, decompressed. Faults of the peer are results; this never rejects. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<BodyResult> {
  if (isEmpty(request)) {
    sendContinue(request);
    request.resume();
    return { ok: true, body: NOTHING, received: 0 };
  }
  const coding = codingOf(request.headers["content-encoding"]);
  const held = isAwaitingContinue(request);
  const announced = Number(request.headers["content-length"] ?? 0);
  if (!coding && held) return refused(415, "unknown content coding", false);
  if (announced > limits.maxBytes && held) return refused(413, `a body of ${announced} bytes was announced`, false);
  sendContinue(request);
  // A body of unknown coding is read only to be thrown away.
  const received = await receive(request, coding && announced <= limits.maxBytes ? limits : { ...limits, maxBytes: 0 });
  if (!received.ok) {
    const tooLarge = received.problem === "refused" && received.status === 413;
    return tooLarge && !coding ? refused(415, "unknown content coding", received.reusable) : received;
  }
  const inflated = await inflateBody(received.body, coding ?? "identity", limits.maxInflatedBytes);
  if (inflated.ok) return { ok: true, body: inflated.body, received: received.body.length };
  return inflated.problem === "tooLarge"
    ? refused(413, "the body is too large once decompressed", true)
    : refused(400, "the compressed body is damaged", true);
}

function receive(request: IncomingMessage, limits: BodyLimits): Promise<BodyResult> {
  const clock = limits.clock ?? systemClock;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let timer = clock.after(limits.timeout, () => settle(refused(408, "the body took too long", false)));
    let settled = false;
    // The listeners stay: taking them off costs more than that they are called in vain.
    const settle = (result: BodyResult): void => {
      settled = true;
      timer.cancel();
      resolve(result);
    };
    const tooLarge = (reusable: boolean): void => settle(refused(413, "the body is too large", reusable));
    const onData = (chunk: Buffer): void => {
      if (settled) return;
      const wasWithin = length <= limits.maxBytes;
      length += chunk.length;
      if (length <= limits.maxBytes) chunks.push(chunk);
      else if (length > limits.maxBytes + DISCARD_BYTES) tooLarge(false);
      else if (wasWithin) {
        chunks.length = 0;
        timer.cancel();
        timer = clock.after(DISCARD_TIME, () => tooLarge(false));
      }
    };
    const onEnd = (): void => {
      if (settled) return;
      if (length > limits.maxBytes) tooLarge(true);
      else settle({ ok: true, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), received: length });
    };
    const onClose = (): void => {
      if (!settled)
        settle({ ok: false, problem: "aborted", reason: `the peer left after ${length} bytes of its body` });
    };
    const onError = (error: Error): void => {
      if (!settled) settle({ ok: false, problem: "aborted", reason: error.message });
    };
    request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onError);
    if (request.readableEnded) onEnd();
    else if (request.destroyed) onClose();
  });
}
