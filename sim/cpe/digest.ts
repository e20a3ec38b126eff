import { createHash, randomBytes } from "node:crypto";

export interface UserPassword {
  readonly username: string;
  readonly password: string;
}

/** How a CPE answers a Digest challenge. */
export interface DigestHabits {
  /** As if the challenge had no qop (RFC 2069). */
  readonly withoutQop: boolean;
  readonly uri: "whole" | "withoutQuery" | "empty";
  /** nc stays 00000001. */
  readonly constantCount: boolean;
}

const hash = (algorithm: string, text: string): string =>
  createHash(/^sha-256/i.test(algorithm) ? "sha256" : "md5")
    .update(text)
    .digest("hex");

/** The parts of a challenge or of credentials: `key=value` and `key="value"`, separated by commas. */
export function readParts(header: string): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const [, key, quoted, bare] of header.matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,]*))/g))
    parts[key!.toLowerCase()] = quoted ?? bare ?? "";
  return parts;
}

export const basic = ({ username, password }: UserPassword): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

interface Proof extends UserPassword {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: string;
  readonly method: string;
  readonly uri: string;
  readonly qop?: { readonly cnonce: string; readonly count: string };
}

/** RFC 2617 §3.2.2.1, RFC 7616 §3.4.1; without qop RFC 2069. */
function proofOf({ username, password, realm, nonce, algorithm, method, uri, qop }: Proof): string {
  const user = hash(algorithm, `${username}:${realm}:${password}`);
  const ha1 = /-sess$/i.test(algorithm) ? hash(algorithm, `${user}:${nonce}:${qop?.cnonce ?? ""}`) : user;
  const middle = qop === undefined ? nonce : `${nonce}:${qop.count}:${qop.cnonce}:auth`;
  return hash(algorithm, `${ha1}:${middle}:${hash(algorithm, `${method}:${uri}`)}`);
}

/** One challenge of a server, answered as often as it is needed. */
export class ChallengeAnswer {
  readonly #parts: Record<string, string>;
  readonly #isBasic: boolean;
  readonly #habits: DigestHabits;
  #count = 0;

  constructor(challenge: string, habits: DigestHabits) {
    this.#isBasic = /^\s*basic/i.test(challenge);
    this.#parts = readParts(challenge);
    this.#habits = habits;
  }

  /** The Authorization header. */
  authorize(method: string, path: string, user: UserPassword): string {
    if (this.#isBasic) return basic(user);
    this.#count += 1;
    const { withoutQop, constantCount } = this.#habits;
    const { realm = "", nonce = "", opaque, algorithm = "MD5", qop: offered } = this.#parts;
    const uri = this.#uri(path);
    const count = (constantCount ? 1 : this.#count).toString(16).padStart(8, "0");
    const qop = offered === undefined || withoutQop ? undefined : { cnonce: randomBytes(8).toString("hex"), count };
    const response = proofOf({ ...user, realm, nonce, algorithm, method, uri, ...(qop === undefined ? {} : { qop }) });
    return [
      `Digest username="${user.username}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"`,
      ...(qop === undefined ? [] : [`qop=auth, nc=${qop.count}, cnonce="${qop.cnonce}"`]),
      ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
      ...(this.#parts["algorithm"] === undefined ? [] : [`algorithm=${algorithm}`]),
    ].join(", ");
  }

  #uri(path: string): string {
    const { uri } = this.#habits;
    if (uri === "whole") return path;
    return uri === "empty" ? "" : path.split("?")[0]!;
  }
}

/** Whether an Authorization header answers a challenge of ours. */
export function verifies(
  authorization: string,
  method: string,
  expected: UserPassword & { realm: string; nonce: string; algorithm: string },
): boolean {
  const { username, uri = "", response, qop, nc = "", cnonce = "", nonce } = readParts(authorization);
  if (username !== expected.username || nonce !== expected.nonce) return false;
  const proof = { ...expected, method, uri };
  return response === proofOf(qop === undefined ? proof : { ...proof, qop: { cnonce, count: nc } });
}
