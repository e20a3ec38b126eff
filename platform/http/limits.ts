import { type ByteCount, kib } from "../../kernel/bytes.ts";
import { type Duration, seconds } from "../../kernel/time.ts";

/** What a peer may cost a listener before its request is understood. */
export interface HttpLimits {
  headerSize: ByteCount;
  /** From the first byte of a request to the end of its header. */
  headerTimeout: Duration;
  /** From the first byte of a request to the end of its body; 0: no limit (uploads of unknown size). */
  requestTimeout: Duration;
  /** How long a connection stays open between two requests. */
  keepAlive: Duration;
  maxConnections: number;
  maxHeaders: number;
}

export const defaultLimits: HttpLimits = {
  headerSize: kib(16),
  headerTimeout: seconds(15),
  requestTimeout: seconds(120),
  keepAlive: seconds(75),
  maxConnections: 20_000,
  maxHeaders: 100,
};
