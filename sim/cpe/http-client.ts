import type { Agent } from "node:http";
import { CookieJar, type CookieSpelling, cookieSpellings } from "./cookies.ts";
import { ChallengeAnswer, type DigestHabits, type UserPassword } from "./digest.ts";
import {
  type ExchangeOptions,
  exchange,
  type HttpAnswer,
  type HttpRequest,
  newAgent,
  type TlsIdentity,
} from "./http-exchange.ts";
import { oldExchange } from "./old-http.ts";

/** What a CPE's HTTP stack does its own way. */
export interface HttpHabits {
  /** A connection of its own for every exchange. */
  readonly freshConnections: boolean;
  readonly version: "1.0" | "1.1";
  readonly chunked: boolean;
  /** Waits for `100 Continue` before it sends a body. */
  readonly expectsContinue: boolean;
  readonly cookies: CookieSpelling;
  /** Cookies outlive the session. */
  readonly keepsCookies: boolean;
  /** Sends everything first without credentials. */
  readonly forgetsChallenge: boolean;
  /** An Authorization header sent before any challenge. */
  readonly unaskedAuthorization: string | undefined;
  readonly digest: DigestHabits;
}

export const ordinaryHttp: HttpHabits = {
  freshConnections: false,
  version: "1.1",
  chunked: false,
  expectsContinue: false,
  cookies: cookieSpellings.plain,
  keepsCookies: false,
  forgetsChallenge: false,
  unaskedAuthorization: undefined,
  digest: { withoutQop: false, uri: "whole", constantCount: false },
};

export interface HttpOptions {
  readonly credentials?: UserPassword;
  readonly tls?: TlsIdentity;
  /** Milliseconds without a byte until an exchange counts as failed. */
  readonly timeout: number;
  readonly habits?: HttpHabits;
}

/** TR-069 §3.4.3. */
const MAX_REDIRECTS = 5;

/** One CPE's HTTP: a connection kept for the session, its cookies, its answer to challenges, redirects followed. */
export class HttpClient {
  readonly #options: HttpOptions;
  readonly #habits: HttpHabits;
  readonly #cookies = new CookieJar();
  readonly #live = new Set<AbortController>();
  #agent: Agent | undefined;
  #challenge: ChallengeAnswer | undefined;
  #closed = false;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#habits = options.habits ?? ordinaryHttp;
  }

  /** Ends whatever is under way and forgets connection and cookies: the session is over. */
  endSession(): void {
    this.dropConnection();
    if (!this.#habits.keepsCookies) this.#cookies.clear();
  }

  dropConnection(): void {
    for (const controller of this.#live) controller.abort();
    this.#agent?.destroy();
    this.#agent = undefined;
  }

  /** Refuses every exchange from now on. */
  close(): void {
    this.#closed = true;
    this.endSession();
  }

  /** One exchange; a challenge is answered once, redirects are followed. Also gives the URL that finally answered. */
  async send(url: URL, request: HttpRequest): Promise<{ answer: HttpAnswer; url: URL }> {
    let target = url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await this.#authenticated(target, request);
      const next = redirectOf(answer, target);
      if (next === undefined) return { answer, url: target };
      target = next;
    }
    throw new Error(`redirected more than ${MAX_REDIRECTS} times`);
  }

  async #authenticated(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    if (this.#habits.forgetsChallenge) this.#challenge = undefined;
    const answer = await this.#once(url, request);
    const { credentials } = this.#options;
    const challenge = answer.status === 401 ? challengeIn(answer) : undefined;
    if (challenge === undefined || credentials === undefined) return answer;
    this.#challenge = new ChallengeAnswer(challenge, this.#habits.digest);
    return this.#once(url, request);
  }

  async #once(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    if (this.#closed) throw new Error("the CPE was stopped");
    const controller = new AbortController();
    this.#live.add(controller);
    try {
      const options = this.#exchangeOptions(url, request, controller.signal);
      const answer = await (this.#habits.version === "1.0" ? oldExchange(url, options) : exchange(url, options));
      this.#cookies.take(answer.headers["set-cookie"]);
      return answer;
    } finally {
      this.#live.delete(controller);
    }
  }

  #exchangeOptions(url: URL, request: HttpRequest, signal: AbortSignal): ExchangeOptions {
    const { tls, timeout } = this.#options;
    const habits = this.#habits;
    const cookie = this.#cookies.header(habits.cookies);
    const authorization = this.#authorization(url, request.method);
    const headers = {
      ...request.headers,
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(habits.chunked ? { "Transfer-Encoding": "chunked" } : { "Content-Length": String(request.body.length) }),
      ...(habits.expectsContinue && request.body.length > 0 ? { Expect: "100-continue" } : {}),
    };
    if (!habits.freshConnections) this.#agent ??= newAgent(url, tls);
    return { ...request, headers, signal, timeout, agent: this.#agent, ...(tls === undefined ? {} : { tls }) };
  }

  #authorization(url: URL, method: string): string | undefined {
    const { credentials } = this.#options;
    if (this.#challenge === undefined || credentials === undefined) return this.#habits.unaskedAuthorization;
    return this.#challenge.authorize(method, url.pathname + url.search, credentials);
  }
}

/** The Digest challenge where there is one, else whatever there is. */
function challengeIn({ headers }: HttpAnswer): string | undefined {
  const header = headers["www-authenticate"];
  return header === undefined ? undefined : (/Digest[^]*?(?=,\s*(?:Basic|Digest)\s|$)/i.exec(header)?.[0] ?? header);
}

/** Where a 302 or 307 leads; never from https to http (specs/cwmp.md §1.1). */
function redirectOf({ status, headers }: HttpAnswer, from: URL): URL | undefined {
  if ((status !== 302 && status !== 307) || headers.location === undefined) return undefined;
  const target = new URL(headers.location, from);
  if (from.protocol === "https:" && target.protocol !== "https:") throw new Error("redirected from https to http");
  return target;
}
