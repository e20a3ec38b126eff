export interface XmlLimits {
  /** Elements within each other. */
  readonly depth: number;
  /** Elements in a document. */
  readonly elements: number;
  /** Attributes of one element. */
  readonly attributes: number;
  /** UTF-16 units of one element's text, of one attribute or of one name. */
  readonly textLength: number;
}

/** A tree of 50,000 parameters has 150,000 elements; a configuration file may travel as one value. */
export const defaultXmlLimits: XmlLimits = {
  depth: 64,
  elements: 1_000_000,
  attributes: 64,
  textLength: 8 * 1024 * 1024,
};
