import { StewardError } from "../kernel/errors.ts";

/** A data-model document that cannot be taken: names the file, the line and the rule that it breaks. */
export class ModelDocumentError extends StewardError {
  readonly file: string;
  readonly line: number;
  /** Stable, e.g. `xml.doctype`, `import.missing`, `dataType.unknown`. */
  readonly rule: string;

  constructor(file: string, line: number, rule: string, message: string) {
    super("model.invalid", `${file}:${line}: ${message} (${rule})`, { details: { file, line, rule, reason: message } });
    this.name = "ModelDocumentError";
    this.file = file;
    this.line = line;
    this.rule = rule;
  }
}
