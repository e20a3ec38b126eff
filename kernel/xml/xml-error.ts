import { StewardError } from "../errors.ts";

/** `syntax`: not well-formed as far as we insist; `limit`: larger or deeper than we read. */
export type XmlErrorKind = "syntax" | "limit";

/** The only thing that reading XML throws. */
export class XmlError extends StewardError {
  readonly kind: XmlErrorKind;
  /** In UTF-16 units from the document's start. */
  readonly offset: number;

  constructor(kind: XmlErrorKind, message: string, offset: number) {
    super("peer.protocol", `${message} at offset ${offset}`, { details: { offset } });
    this.name = "XmlError";
    this.kind = kind;
    this.offset = offset;
  }
}
