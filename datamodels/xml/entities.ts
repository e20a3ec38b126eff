import type { XmlScanner } from "./scanner.ts";

const MAX_ENTITIES = 32;
const MAX_VALUE = 256;
/** The name that the Broadband Forum's own type library (tr-106-types.xml) gives its document type. */
const OPENING = /<!DOCTYPE\s+cwmp-datamodel-entities\s*\[/y;
const BETWEEN = /\s*(?:<!--(?:(?!-->)[\s\S]){0,1024}-->\s*)*/y;
const DECLARATION = /<!ENTITY\s+([A-Za-z_][\w.-]{0,63})\s+"([^"&%<]*)"\s*>/y;
const CLOSING = /\]\s*>/y;

/**
 * The one document type that is read: the internal subset of tr-106-types.xml, which only names fragments of patterns.
 * Flat values (no reference, no markup), few, short, nothing external. Every other document type is refused.
 */
export function readEntityDeclarations(scanner: XmlScanner): ReadonlyMap<string, string> {
  if (!scanner.match(OPENING)) scanner.fail("xml.doctype", "document types are not accepted");
  const entities = new Map<string, string>();
  scanner.match(BETWEEN);
  for (let found = scanner.match(DECLARATION); found; found = scanner.match(DECLARATION)) {
    const [, name, value] = found;
    if (value!.length > MAX_VALUE || entities.size >= MAX_ENTITIES)
      scanner.fail("xml.doctype", "too many or too long entities");
    entities.set(name!, value!);
    scanner.match(BETWEEN);
  }
  if (!scanner.match(CLOSING)) scanner.fail("xml.doctype", "only flat entities are accepted");
  return entities;
}
