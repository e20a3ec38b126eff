/** How the Cookie header is written; `undefined` for none. */
export type CookieSpelling = (cookies: ReadonlyMap<string, string>) => string | undefined;

const pairs = (cookies: ReadonlyMap<string, string>): string[] =>
  [...cookies].map(([name, value]) => `${name}=${value}`);

/** The forms that CPEs are known to send (specs/cwmp.md §1.2, §10). */
export const cookieSpellings = {
  plain: (cookies) => pairs(cookies).join("; "),
  none: () => undefined,
  commas: (cookies) => ["session=0", ...pairs(cookies)].join(", "),
  quoted: (cookies) => [...cookies].map(([name, value]) => `${name}="${value}"`).join("; "),
  rfc2965: (cookies) =>
    `$Version="1"; ${[...cookies].map(([name, value]) => `${name}="${value}"; $Path="/"`).join("; ")}`,
  attributes: (cookies) =>
    pairs(cookies)
      .map((pair) => `${pair}; Path=/; HttpOnly`)
      .join("; "),
  pathFirst: (cookies) =>
    pairs(cookies)
      .map((pair) => `Path=/; ${pair}`)
      .join("; "),
  emptyName: (cookies) => ["=", ...pairs(cookies)].join("; "),
} as const satisfies Record<string, CookieSpelling>;

/** The cookies of one session. Attributes are ignored: a CPE talks to one ACS. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  take(headers: readonly string[] = []): void {
    for (const header of headers) {
      const pair = header.split(";")[0]!;
      const equals = pair.indexOf("=");
      if (equals > 0) this.#cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
    }
  }

  header(spell: CookieSpelling): string | undefined {
    return this.#cookies.size === 0 ? undefined : spell(this.#cookies);
  }

  clear(): void {
    this.#cookies.clear();
  }
}
