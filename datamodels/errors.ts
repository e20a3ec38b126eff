import { StewardError } from "../kernel/errors.ts";

/** A data-model document that cannot be taken: names the file, the line and the rule that it breaks. */
export class ModelDocumentError extends StewardError {
  readonly file: string;
  readonly line: number;
  /** Stable, e.g. `xml.doctype`, `import.missing`, `dataType.unknown`. */
  readonly rule: string;
  /** What is wrong, without the place. */
  readonly reason: string;

  constructor(file: string, line: number, rule: string, reason: string) {
    super("model.invalid", `${file}:${line}: ${reason} (${rule})`, { details: { file, line, rule, reason } });
    this.name = "ModelDocumentError";
    this.file = file;
    this.line = line;
    this.rule = rule;
    this.reason = reason;
  }
}
