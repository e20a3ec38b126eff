import { childNamed, type XmlElement } from "../xml/element.ts";

const MAX_DESCRIPTION = 4_000;

/** The description as plain text, appended or replaced as its `action` says; `undefined` when there is none. */
export function describe(element: XmlElement, inherited: string | undefined): string | undefined {
  const description = childNamed(element, "description");
  if (!description) return inherited;
  const own = plainText(description.text, ownWords(element));
  const action = description.attributes.get("action");
  const text =
    inherited && action === "append"
      ? `${inherited} ${own}`
      : inherited && action === "prefix"
        ? `${own} ${inherited}`
        : own;
  return text === "" ? undefined : text.slice(0, MAX_DESCRIPTION);
}

/** Words for the templates that stand for a phrase; the others show their first argument or nothing. */
const phrases: Readonly<Record<string, string>> = {
  empty: "an empty string",
  true: "true",
  false: "false",
  null: "null",
  hidden: "Reads back as a null value.",
  secured: "Reads back as a null value.",
  command: "Reads back as a null value.",
};

/** A reference of the markup: its name, its first argument (which may hold a path with `{i}`) and the rest. No part overlaps. */
const TEMPLATE = /\{\{([a-z]{1,32})(?:\|((?:[^{}|]|\{i\}){0,500}))?(?:\|(?:[^{}]|\{i\}){0,2000})?\}\}/gi;

/** `{{templates}}` rendered, quotes of emphasis and marks of lists dropped, white space folded. `own`: what they mean here. */
export function plainText(markup: string, own: Readonly<Record<string, string>> = {}): string {
  return markup
    .replace(TEMPLATE, (_, name: string, first: string | undefined) => first ?? own[name] ?? phrases[name] ?? "")
    .replace(/\n[ \t]*[:*#]{1,8}(?=\s)/g, " ")
    .replace(/'{2,5}/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** What templates without argument refer to: the element itself. */
function ownWords(element: XmlElement): Record<string, string> {
  const name = element.attributes.get("name") ?? element.attributes.get("base") ?? element.attributes.get("ref");
  const units = childNamed(element, "syntax")
    ?.children.flatMap(({ children }) => children)
    .find((facet) => facet.name === "units")
    ?.attributes.get("value");
  return {
    ...(name === undefined ? {} : { [element.name === "object" ? "object" : "param"]: name }),
    ...(units ? { units } : {}),
  };
}
