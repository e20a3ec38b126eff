import { childNamed, type XmlElement } from "../xml/element.ts";

const MAX_DESCRIPTION = 4_000;

/** The description as plain text, appended or replaced as its `action` says; `undefined` when there is none. */
export function describe(element: XmlElement, inherited: string | undefined): string | undefined {
  const description = childNamed(element, "description");
  if (!description) return inherited;
  const own = plainText(description.text);
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

/** `{{templates}}` rendered, quotes of emphasis dropped, white space folded. */
export function plainText(markup: string): string {
  return markup
    .replace(
      /\{\{([a-z]{1,32})(?:\|([^{}|]{0,500}))?[^{}]{0,2000}\}\}/gi,
      (_, name: string, first: string | undefined) => first ?? phrases[name] ?? "",
    )
    .replace(/'{2,5}/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
