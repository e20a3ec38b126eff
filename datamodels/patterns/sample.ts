import { PatternError, type PatternNode, parsePattern } from "./parse.ts";

const CHARACTERS = Array.from("0A1a:/.,-_ BCDEFGHIJKLMNOPQRSTUVWXYZbcdefghijklmnopqrstuvwxyz+@#23456789");
const MAX_REPEATS = 1_000;

/** A short text that fits the pattern; `undefined` when none is found easily. */
export function samplePattern(source: string): string | undefined {
  try {
    return sample(parsePattern(source));
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

function sample(node: PatternNode): string {
  switch (node.kind) {
    case "set": {
      const set = new RegExp(`^${node.source}$`, "u");
      const found = CHARACTERS.find((character) => set.test(character));
      if (found === undefined) throw new PatternError("no sample of a set");
      return found;
    }
    case "sequence":
      return node.items.map(sample).join("");
    case "choice":
      return sample(node.items[0]!);
    case "repeat":
      return sample(node.item).repeat(Math.min(node.min, MAX_REPEATS));
  }
}
