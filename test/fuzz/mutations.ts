import type { Random } from "./random.ts";

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const splice = (bytes: Buffer, at: number, remove: number, insert: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);

/** What a damaged line, memory or programmer does to bytes. */
export const byteMutations: readonly Mutation[] = [
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let i = 0; i <= random.below(8); i++) if (copy.length > 0) copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), 0, random.bytes(1 + random.below(40))),
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), random.below(60), Buffer.alloc(0)),
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return splice(bytes, at, 0, bytes.subarray(at, at + random.below(200)));
  },
  (bytes, random) =>
    splice(
      bytes,
      random.below(bytes.length + 1),
      0,
      Buffer.alloc(1 + random.below(5), random.pick([0, 0xff, 0xc0, 0xed, 0x1b])),
    ),
];

const text =
  (edit: (source: string, random: Random) => string): Mutation =>
  (bytes, random) =>
    Buffer.from(edit(bytes.toString("latin1"), random), "latin1");

function replaceTag(source: string, random: Random, replacement: (tag: string) => string): string {
  const tags = [...source.matchAll(/<[^>]*>/g)];
  if (tags.length === 0) return source;
  const chosen = random.pick(tags);
  return source.slice(0, chosen.index) + replacement(chosen[0]) + source.slice(chosen.index + chosen[0].length);
}

function replaceText(source: string, random: Random, replacement: string): string {
  const texts = [...source.matchAll(/>([^<]+)</g)];
  if (texts.length === 0) return source;
  const chosen = random.pick(texts);
  return source.slice(0, chosen.index + 1) + replacement + source.slice(chosen.index + 1 + chosen[1]!.length);
}

const hostileTexts: readonly string[] = [
  "",
  " ",
  "-1",
  "0",
  "4294967296",
  "18446744073709551616",
  "9".repeat(400),
  "NaN",
  "1e309",
  "\u0000",
  "\n\n",
  "&",
  "&amp;&amp;",
  "&unknown;",
  "&#0;",
  "&#x110000;",
  "&#xD800;",
  "<",
  "]]>",
  "<![CDATA[",
  "a".repeat(70_000),
  "Device.",
  "..",
  "Device..",
  "*",
  "__proto__",
  "constructor",
  "$where",
  "$gt",
  "../../etc/passwd",
  "0001-01-01T00:00:00Z",
  "2019-03-05T11:54::14",
  "%00%ff",
  "'\"`",
];

/** What broken XML writers and attackers do. */
export const xmlMutations: readonly Mutation[] = [
  text((source, random) => replaceTag(source, random, () => "")),
  text((source, random) => replaceTag(source, random, (tag) => tag + tag)),
  text((source, random) => replaceTag(source, random, (tag) => tag.slice(0, -1))),
  text((source, random) =>
    replaceTag(source, random, (tag) => tag.replace(/[\w:]+/, (name) => name.replace(/^.*:/, ""))),
  ),
  text((source, random) => replaceTag(source, random, (tag) => tag.replace(/[\w:]+/, "x:bogus"))),
  text((source, random) => replaceTag(source, random, (tag) => tag.replace(/"/g, random.pick(["'", "", "&"])))),
  text((source, random) => replaceTag(source, random, (tag) => `<!--${tag}-->`)),
  text((source, random) => replaceTag(source, random, (tag) => `<![CDATA[${tag}]]>`)),
  text((source, random) =>
    replaceTag(source, random, (tag) => tag.replace(">", ` ${"a='b' ".repeat(random.below(2_000))}>`)),
  ),
  text((source, random) => replaceText(source, random, random.pick(hostileTexts))),
  text((source, random) => replaceText(source, random, random.pick(hostileTexts))),
  text((source) => `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${source}`),
  text((source, random) => {
    const depth = 1 + random.below(50_000);
    return source.replace(/<(\w+:)?Body>/, (tag) => tag + "<d>".repeat(depth));
  }),
  text((source, random) => {
    const item = /<(ParameterValueStruct|EventStruct|ParameterInfoStruct)>.*?<\/\1>/s.exec(source)?.[0];
    return item === undefined ? source : source.replace(item, item.repeat(1 + random.below(3_000)));
  }),
  text((source) => source.replace(/arrayType="[^"]*"/g, 'arrayType="cwmp:ParameterValueStruct[4294967295]"')),
  text((source, random) =>
    source.replace(
      /urn:dslforum-org:cwmp-\d-\d/g,
      random.pick(["", "urn:dslforum-org:cwmp-9-9", "http://example.org/", "urn:dslforum-org:cwmp-1-4"]),
    ),
  ),
  text(
    (source, random) =>
      `${random.pick(['<?xml version="1.0" encoding="UTF-16"?>', '<?xml version="1.0" encoding="bogus"?>', "\ufeff", "\r\n\r\n"])}${source}`,
  ),
  text((source, random) => source.replace(/<(\w+:)?ID[^>]*>[^<]*</, `<cwmp:ID>${random.pick(hostileTexts)}<`)),
  text((source) => source.split("").reverse().join("")),
];

/** One message, damaged once to four times. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let result = bytes;
  for (let times = 1 + random.below(4); times > 0; times--)
    result = random.pick(random.chance(0.4) ? byteMutations : xmlMutations)(result, random);
  return result.length > 2_000_000 ? result.subarray(0, 2_000_000) : result;
}
