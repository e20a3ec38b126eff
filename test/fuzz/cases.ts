import { contentTypes, frame } from "./encodings.ts";
import { mutate } from "./mutations.ts";
import type { Random } from "./random.ts";

/** What one connection sends, piece by piece; `whole` says that every request in it is complete. */
export interface FuzzCase {
  readonly label: string;
  /** Base 64; `{COOKIE}` inside stands for the cookie that the server gave last on this connection. */
  readonly requests: readonly { readonly pieces: readonly string[]; readonly whole: boolean }[];
}

export interface Corpus {
  readonly informs: readonly Buffer[];
  readonly others: readonly Buffer[];
}

const oddHeaders: readonly string[] = [
  'SOAPAction: ""',
  "SOAPAction:",
  "SOAPAction: urn:x",
  "Expect: 100-continue",
  "Connection: close",
  "Connection: keep-alive",
  "Cookie: steward=; steward",
  'Cookie: $Version="1"; x="y"; $Path=/',
  "Cookie: ,,;;==",
  "Authorization: Basic Og==",
  "Authorization: Basic !!!",
  "Authorization: Digest",
  'Authorization: Digest username="a", nonce=, qop=auth, nc=zz',
  `Authorization: Digest ${"a=b,".repeat(300)}`,
  "Host:",
  "Accept-Encoding: gzip",
  `X-Long: ${"y".repeat(9_000)}`,
  "Upgrade: websocket",
  "Transfer-Encoding: gzip",
  "Content-Length: 0",
  "X-\x01: y",
  " folded",
  "NoColon",
];
const requestLines: readonly string[] = [
  "GET / HTTP/1.1",
  "PUT /acs HTTP/1.1",
  "POST /acs HTTP/1.0",
  "POST http://127.0.0.1/acs HTTP/1.1",
  "POST /%00%ff?x=%zz HTTP/1.1",
  "OPTIONS * HTTP/1.1",
  "POST / HTTP/9.9",
  "BREW / HTTP/1.1",
  "GET /files/../../etc/passwd HTTP/1.1",
  "CONNECT x:1 HTTP/1.1",
  "\x16\x03\x01",
  "",
];

function request(body: Buffer, random: Random): { pieces: string[]; whole: boolean } {
  const line = random.chance(0.96) ? "POST /acs HTTP/1.1" : random.pick(requestLines);
  const framed = frame(body, random);
  const headers = ["Host: 127.0.0.1", ...framed.headers];
  if (body.length > 0)
    headers.push(`Content-Type: ${random.chance(0.8) ? contentTypes[0] : random.pick(contentTypes)}`);
  if (random.chance(0.9)) headers.push("Cookie: {COOKIE}");
  let odd = false;
  while (random.chance(0.12)) {
    headers.push(random.pick(oddHeaders));
    odd = true;
  }
  if (random.chance(0.1)) headers.reverse();
  const whole = framed.whole && !odd && line === "POST /acs HTTP/1.1";
  const bytes = Buffer.concat([Buffer.from(`${line}\r\n${headers.join("\r\n")}\r\n\r\n`, "latin1"), framed.body]);
  return { pieces: split(bytes, random).map((piece) => piece.toString("base64")), whole };
}

function split(bytes: Buffer, random: Random): Buffer[] {
  if (random.chance(0.85)) return [bytes];
  const at = random.below(bytes.length);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

/** A conversation whose messages are damaged, missing, repeated or out of order. */
export function makeCase(corpus: Corpus, random: Random): FuzzCase {
  const script: Buffer[] = [];
  if (random.chance(0.8)) script.push(random.pick(corpus.informs));
  for (let more = random.below(4); more > 0; more--)
    script.push(
      random.chance(0.4) ? Buffer.alloc(0) : random.pick(random.chance(0.15) ? corpus.informs : corpus.others),
    );
  if (script.length === 0) script.push(random.pick(corpus.others));
  if (random.chance(0.2)) script.push(script[random.below(script.length)]!);
  const damaged = random.below(script.length);
  const requests = script.map((body, index) =>
    request(index === damaged || random.chance(0.2) ? mutate(body, random) : body, random),
  );
  return { label: `${script.length} messages, number ${damaged + 1} damaged`, requests };
}
