export type CodeUnits = Uint8Array | Uint16Array;

/** A document as a string and as the numbers of its UTF-16 units; the same index means the same character in both. */
export interface Characters {
  readonly text: string;
  readonly codes: CodeUnits;
}

export function charactersOf(text: string): Characters {
  const codes = new Uint16Array(text.length);
  Buffer.from(codes.buffer).write(text, "utf16le");
  return { text, codes };
}

/** Of ASCII bytes: they are their own code units. */
export const asciiCharacters = (bytes: Buffer): Characters => ({ text: bytes.toString("latin1"), codes: bytes });
