/** An element as read: local names only, because each generation of the schemas has a namespace of its own. */
export interface XmlElement {
  readonly name: string;
  /** Line of its start tag, from 1. */
  readonly line: number;
  /** By local name; where a plain and a prefixed attribute share one, the plain one. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** All character data directly within. */
  text: string;
}

export const childrenNamed = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name);

export const childNamed = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);
