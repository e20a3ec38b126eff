import { isAscii, isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
import { asciiCharacters, type Characters, charactersOf } from "./characters.ts";

/** 0x80–0x9F of Windows-1252. Node 20's own decoder reads them as Latin 1. */
const HIGH_CONTROLS = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

const windows1252 = (bytes: Buffer): string =>
  bytes.toString("latin1").replace(/[\x80-\x9f]/g, (one) => HIGH_CONTROLS[one.charCodeAt(0) - 0x80]!);

/** What a peer calls its encoding, to what reads it. Latin 1 is read as Windows-1252, which holds it (WHATWG Encoding). */
function decoderFor(label: string | undefined): ((bytes: Buffer) => string) | undefined {
  const name = label?.trim().replace(/^["']|["']$/g, "");
  if (!name || /^utf-?8$/i.test(name)) return undefined;
  try {
    const decoder = new TextDecoder(name);
    return decoder.encoding === "windows-1252" ? windows1252 : (bytes) => decoder.decode(bytes);
  } catch {
    return undefined; // An encoding that nobody knows: as if none was declared.
  }
}

/** UTF-16, by its byte order mark or by how `<` looks in it. */
function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return "utf-16be";
  return undefined;
}

const declaredIn = (bytes: Buffer): string | undefined =>
  /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(bytes.toString("latin1", 0, 300))?.[1];

/**
 * A document's characters. UTF-8 when the bytes are UTF-8, whatever is declared; else what `charset` (of the Content-Type)
 * or the XML declaration names; else Windows-1252. A byte order mark is left out. Never throws.
 */
export function decodeDocument(bytes: Uint8Array, charset?: string): Characters {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // UTF-16 without a mark is ASCII as well, byte by byte.
  if (isAscii(buffer) && utf16Of(bytes) === undefined) return asciiCharacters(buffer);
  return charactersOf(decodeText(buffer, charset));
}

function decodeText(buffer: Buffer, charset: string | undefined): string {
  const utf16 = utf16Of(buffer);
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(buffer);
  if (isUtf8(buffer))
    return buffer.toString("utf8", buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0);
  const decode = decoderFor(charset) ?? decoderFor(declaredIn(buffer)) ?? windows1252;
  return decode(buffer);
}
