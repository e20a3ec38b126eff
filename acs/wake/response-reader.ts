import { type ByteCount, kib } from "../../kernel/bytes.ts";
import { type AuthenticationHeader, parseAuthentication } from "../http/authentication/parameters.ts";

/** What a CPE answered; nothing of its body matters. */
export interface WakeResponse {
  readonly status: number;
  readonly challenges: readonly AuthenticationHeader[];
}

export type ReadState = "incomplete" | "malformed" | WakeResponse;

export const MAX_RESPONSE: ByteCount = kib(4);

/**
 * Reads a response's head as it arrives, tolerantly: bare LF, header values folded over lines, blanks before the colon,
 * no header at all (specs/cwmp.md §10). At most 4 KB are looked at.
 */
export class ResponseReader {
  #text = "";

  feed(bytes: Uint8Array): ReadState {
    if (this.#text.length < MAX_RESPONSE) this.#text += Buffer.from(bytes).toString("latin1");
    const end = /\r?\n\r?\n/.exec(this.#text)?.index;
    if (end !== undefined) return parseHead(this.#text.slice(0, end));
    if (!"HTTP/".startsWith(this.#text.slice(0, 5).toUpperCase())) return "malformed";
    return this.#text.length >= MAX_RESPONSE ? parseHead(this.#text) : "incomplete";
  }

  /** The peer closed: what has come is all there is. */
  end(): WakeResponse | "malformed" {
    return parseHead(this.#text);
  }
}

function parseHead(head: string): WakeResponse | "malformed" {
  const unfolded = head.replace(/\r?\n[ \t]+/g, " ");
  const [first = "", ...lines] = unfolded.split(/\r?\n/);
  const status = /^HTTP\/\d(?:\.\d)?\s+(\d{3})(?!\d)/i.exec(first)?.[1];
  if (status === undefined) return "malformed";
  const challenges = lines.flatMap((line) => {
    const value = /^WWW-Authenticate\s*:(.*)$/i.exec(line)?.[1];
    return value === undefined ? [] : parseAuthentication(value);
  });
  return { status: Number(status), challenges };
}
