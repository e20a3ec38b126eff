import { gzipSync } from "node:zlib";
import type { Envelope } from "../../acs/rpc/index.ts";
import { encodeEnvelope } from "../../acs/soap/encode.ts";
import type { Character } from "./character.ts";
import type { HttpClient } from "./http-client.ts";
import type { HttpAnswer } from "./http-exchange.ts";
import { SessionFailed } from "./session-failed.ts";

const NOTHING = Buffer.alloc(0);

/** The POSTs of one session and the answers to them (TR-069 §3.4.1, §3.7.1). */
export class AcsLink {
  readonly #http: HttpClient;
  readonly #character: Character;
  /** Where a redirect has led (specs/cwmp.md §1.1). */
  #url: URL;

  constructor(url: URL, http: HttpClient, character: Character) {
    this.#url = url;
    this.#http = http;
    this.#character = character;
  }

  /** Hands the turn to the ACS; rejects with `SessionFailed` unless it answers 200 or 204. */
  async empty(): Promise<HttpAnswer> {
    return accepted(await this.#post(NOTHING));
  }

  /** The same for an envelope. */
  async envelope(envelope: Envelope): Promise<HttpAnswer> {
    return accepted(await this.#post(this.#character.spell(encodeEnvelope(envelope))));
  }

  /** An empty POST before the session; whatever it gets, the session begins. */
  async probe(): Promise<void> {
    await this.#post(NOTHING);
  }

  async #post(content: Buffer): Promise<HttpAnswer> {
    const has = this.#character.has.bind(this.#character);
    const coded = has(content.length > 0 ? "gzip" : "gzip-empty");
    const body = coded && content.length > 0 ? gzipSync(content) : content;
    const headers = {
      "User-Agent": "Steward-sim",
      ...(content.length > 0
        ? { "Content-Type": has("html-content-type") ? "text/html" : 'text/xml; charset="utf-8"' }
        : {}),
      ...(content.length > 0 && !has("no-soap-action") ? { SOAPAction: '""' } : {}),
      ...(coded ? { "Content-Encoding": "gzip" } : {}),
    };
    const request = { method: "POST", body, headers } as const;
    if (has("repeat-posts")) {
      await this.#http.send(this.#url, request);
      this.#http.dropConnection();
    }
    const { answer, url } = await this.#http.send(this.#url, request);
    this.#url = url;
    return answer;
  }
}

function accepted(answer: HttpAnswer): HttpAnswer {
  if (answer.status !== 200 && answer.status !== 204)
    throw new SessionFailed(`the ACS answered ${answer.status}`, answer.status);
  return answer;
}
