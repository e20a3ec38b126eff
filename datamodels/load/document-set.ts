import { ModelDocumentError } from "../errors.ts";
import type { ImportDeclaration, SourceDocument } from "./document.ts";

/** `urn:broadband-forum-org:tr-181-2-19-0-common` taken apart; the digits of a specification and what follows them. */
interface SpecName {
  readonly family: string;
  readonly digits: readonly number[];
}

const SPEC = /^(urn:.*:[a-z]+-\d+)((?:-\d+)*)(-[A-Za-z][\w.-]*)?$/;

const MAX_SPEC = 256;

/** Tolerates a URN with the ending of a file name (tr-181-2-19-0-nat imports one). */
function parseSpec(spec: string): SpecName {
  const match = spec.length > MAX_SPEC ? undefined : SPEC.exec(spec.replace(/\.xml$/, ""));
  if (!match) return { family: spec, digits: [] };
  const digits = (match[2] ?? "").split("-").slice(1).map(Number);
  // The issue (first digit) separates families: tr-181-1 and tr-181-2 describe different roots.
  return { family: `${match[1]}-${digits[0] ?? ""}${match[3] ?? ""}`, digits: digits.slice(1) };
}

/** The documents at hand, and the rule by which an import finds its own. */
export class DocumentSet {
  readonly documents: readonly SourceDocument[];

  constructor(documents: readonly SourceDocument[]) {
    this.documents = documents;
  }

  /**
   * The document that an import means: the same URN; else the same URN but for the corrigendum, the newest; else the newest
   * of the same family that is not older; else the file of that name (TR-106 A.2.1).
   */
  resolve({ spec, file }: ImportDeclaration): SourceDocument | undefined {
    const named = this.documents.filter((document) => baseName(document.file) === baseName(file));
    if (spec === undefined) return named[0];
    const exact = this.documents.filter((document) => document.spec === spec);
    if (exact.length > 0) return exact.find((document) => named.includes(document)) ?? exact[0];
    const wanted = parseSpec(spec);
    const family = this.documents
      .map((document) => ({ document, name: parseSpec(document.spec) }))
      .filter(
        ({ document, name }) =>
          document.spec !== "" && name.family === wanted.family && notOlder(name.digits, wanted.digits),
      )
      .sort((a, b) => compareDigits(b.name.digits, a.name.digits));
    const sameAmendment = family.find(({ name }) => name.digits[0] === wanted.digits[0]);
    return (sameAmendment ?? family[0])?.document ?? named[0];
  }

  /** As `resolve`, but a document that is not at hand is an error at the importing line. */
  require(from: SourceDocument, declaration: ImportDeclaration): SourceDocument {
    const found = this.resolve(declaration);
    if (found) return found;
    const what = declaration.spec ? `${declaration.file} (${declaration.spec})` : declaration.file;
    throw new ModelDocumentError(from.file, declaration.line, "import.missing", `${what} is not at hand`);
  }
}

const baseName = (file: string): string => file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);

const notOlder = (given: readonly number[], wanted: readonly number[]): boolean => (given[0] ?? 0) >= (wanted[0] ?? 0);

function compareDigits(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
