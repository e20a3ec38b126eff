import type { ListFact } from "../facts.ts";

/**
 * The items of a comma-separated value (TR-106 §3.2.3), blanks around them dropped; none for the empty text. Where the model
 * has nested lists, commas within brackets do not separate. `undefined` when brackets do not match.
 */
export function splitList(value: string, list: ListFact): string[] | undefined {
  const nests = list.inner !== undefined || list.nestedBrackets !== undefined;
  const text = nests ? withoutOuterBrackets(value.trim(), list) : value;
  if (text.trim() === "") return [];
  if (nests) return splitOutsideBrackets(text);
  // Some lists nest without the attribute that says so (Device:2 PCPEncoding).
  const protectedItems = text.trimStart().startsWith("[") ? splitOutsideBrackets(text) : undefined;
  return protectedItems ?? text.split(",").map((item) => item.trim());
}

function splitOutsideBrackets(text: string): string[] | undefined {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "[") depth += 1;
    else if (character === "]") depth -= 1;
    else if (character === "," && depth === 0) {
      items.push(text.slice(start, i).trim());
      start = i + 1;
    }
    if (depth < 0) return undefined;
  }
  if (depth !== 0) return undefined;
  items.push(text.slice(start).trim());
  return items;
}

/** `[[1,2],[3,4]]` is the same list as `[1,2],[3,4]`. */
function withoutOuterBrackets(text: string, list: ListFact): string {
  if (!text.startsWith("[") || !text.endsWith("]")) return text;
  const inside = text.slice(1, -1);
  const isWhole = splitOutsideBrackets(inside) !== undefined && closesOnlyAtEnd(text);
  return isWhole && (list.inner === undefined || inside.trim().startsWith("[")) ? inside : text;
}

function closesOnlyAtEnd(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] === "[") depth += 1;
    else if (text[i] === "]") depth -= 1;
    if (depth === 0) return false;
  }
  return true;
}

/** The text between the brackets of an item that is a list. */
export const innerList = (item: string): string | undefined =>
  item.startsWith("[") && item.endsWith("]") ? item.slice(1, -1) : undefined;

/** Commas and white space within an item are percent-encoded (TR-106 §3.2.3). */
export const encodeItem = (item: string): string =>
  item.replace(/[\s,%]/g, (character) => encodeURIComponent(character));

export function decodeItem(item: string): string {
  if (!item.includes("%")) return item;
  try {
    return decodeURIComponent(item);
  } catch {
    return item; // a percent sign that stands for itself
  }
}
