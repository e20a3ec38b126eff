import { decodeDocument } from "../../kernel/xml/charset.ts";
import { defaultXmlLimits, type XmlLimits } from "../../kernel/xml/limits.ts";
import { XmlReader } from "../../kernel/xml/reader.ts";
import { XmlError } from "../../kernel/xml/xml-error.ts";
import type { CwmpMessage, Envelope } from "../rpc/index.ts";
import { type RpcName, rpcNames, rpcs } from "../rpc/index.ts";
import { isCwmpNamespace, namespaceOf } from "../rpc/versions.ts";
import { readFault } from "./decode-fault.ts";
import { readBoolean, readInteger, unprettied } from "./lexical.ts";
import { type FieldReader, MissingArgument, structReader } from "./read-fields.ts";

export interface DecodeOptions {
  /** Of the Content-Type header. */
  readonly charset?: string;
  readonly limits?: XmlLimits;
}

/** Why a body is no message. Only `invalidArguments` can be answered with a fault: its method and ID are known. */
export type DecodeFailure = "notXml" | "notSoap" | "invalidArguments" | "limit";

export type DecodeResult =
  | { ok: true; envelope: Envelope }
  | { ok: false; reason: DecodeFailure; detail: string; id?: string; namespace?: string; method?: string };

/** What is known so far; what a failure can still tell. */
interface Draft {
  id?: string;
  namespace?: string;
  method?: string;
  headers: Omit<Envelope, "id" | "namespace" | "message">;
  message?: CwmpMessage;
}

/** Reads one SOAP 1.1 envelope (TR-069 §3.4, specs §1.4–1.6), tolerating what CPEs are known to do. Never throws. */
export function decodeEnvelope(bytes: Uint8Array, options: DecodeOptions = {}): DecodeResult {
  const draft: Draft = { headers: {} };
  const document = decodeDocument(bytes, options.charset);
  try {
    const problem = readEnvelope(new XmlReader(document, options.limits ?? defaultXmlLimits), draft);
    return problem === undefined ? accepted(draft) : refused("notSoap", problem, draft);
  } catch (error) {
    if (error instanceof XmlError && lacksOnlyItsEnd(document.text, error, draft)) return accepted(draft);
    if (error instanceof XmlError) return refused(error.kind === "limit" ? "limit" : "notXml", error.message, draft);
    if (error instanceof MissingArgument) return refused("invalidArguments", error.message, draft);
    throw error;
  }
}

/**
 * The message is there to its end, and only end tags behind it are cut off: stacks exist whose Content-Length counts
 * characters where they send bytes.
 */
function lacksOnlyItsEnd(text: string, { kind, offset }: XmlError, { message }: Draft): boolean {
  const lastTag = text.lastIndexOf(">");
  return message !== undefined && kind === "syntax" && offset > lastTag && CUT_END_TAG.test(text.slice(lastTag + 1));
}

const CUT_END_TAG = /^\s*(?:<(?:\/[\w.:-]{0,64})?)?$/;

function accepted({ id, namespace, headers, message }: Draft): DecodeResult {
  if (message === undefined) return { ok: false, reason: "notSoap", detail: "the Body is missing or empty" };
  const envelope: Envelope = { namespace: namespace ?? namespaceOf("1.0"), ...headers, message };
  if (id !== undefined) envelope.id = id;
  return { ok: true, envelope };
}

const refused = (reason: DecodeFailure, detail: string, { id, namespace, method }: Draft): DecodeResult => ({
  ok: false,
  reason,
  detail,
  ...(id === undefined ? {} : { id }),
  ...(namespace === undefined ? {} : { namespace }),
  ...(method === undefined ? {} : { method }),
});

/** The reason, when the document is well-formed so far but no SOAP. */
function readEnvelope(xml: XmlReader, draft: Draft): string | undefined {
  const declared = new Map<string, string>();
  xml.root();
  if (!xml.isNamed("Envelope")) return `the document is <${xml.localName.slice(0, 64)}>, not an Envelope`;
  xml.declareNamespaces(declared);
  while (xml.nextChild()) {
    if (xml.isNamed("Header")) readHeader(xml, declared, draft);
    else if (xml.isNamed("Body") && draft.message === undefined) readBody(xml, declared, draft);
    else xml.skip();
  }
  xml.end();
  return undefined;
}

/** The URI of the method's prefix; where that is no cwmp URI, any that was declared. */
function cwmpNamespace(prefix: string, declared: ReadonlyMap<string, string>): string | undefined {
  const own = declared.get(prefix)?.trim();
  if (own !== undefined && isCwmpNamespace(own)) return own;
  for (const uri of declared.values()) if (isCwmpNamespace(uri.trim())) return uri.trim();
  return undefined;
}

function readHeader(xml: XmlReader, declared: Map<string, string>, draft: Draft): void {
  xml.declareNamespaces(declared);
  const { headers } = draft;
  while (xml.nextChild()) {
    const read = headerReaders.get(xml.localName.toLowerCase());
    if (read === undefined) xml.skip();
    else {
      xml.declareNamespaces(declared);
      read(unprettied(xml.leaf()), headers, draft);
    }
  }
}

type HeaderReader = (raw: string, headers: Draft["headers"], draft: Draft) => void;

/** By lower-case name: the spelling of SessionTimeout varies. NoMoreRequests is not among them: ignored since Amendment 1. */
const headerReaders: ReadonlyMap<string, HeaderReader> = new Map<string, HeaderReader>([
  [
    "id",
    (raw, _headers, draft) => {
      if (raw !== "") draft.id = raw;
    },
  ],
  [
    "holdrequests",
    (raw, headers) => {
      headers.holdRequests = readBoolean(raw);
    },
  ],
  [
    "sessiontimeout",
    (raw, headers) => {
      const seconds = readInteger(raw, true);
      if (seconds !== undefined) headers.sessionTimeout = seconds;
    },
  ],
  [
    "supportedcwmpversions",
    (raw, headers) => {
      headers.supportedVersions = raw.split(/[\s,]+/).filter((version) => version !== "");
    },
  ],
  [
    "usecwmpversion",
    (raw, headers) => {
      headers.useVersion = raw.trim();
    },
  ],
]);

/** The first element of the Body is the message; whatever follows it is not. */
function readBody(xml: XmlReader, declared: Map<string, string>, draft: Draft): void {
  xml.declareNamespaces(declared);
  while (xml.nextChild()) {
    if (draft.message !== undefined) {
      xml.skip();
      continue;
    }
    xml.declareNamespaces(declared);
    const namespace = cwmpNamespace(xml.prefix, declared);
    if (namespace !== undefined) draft.namespace = namespace;
    draft.message = readMessage(xml, draft);
  }
}

interface Method {
  readonly kind: "request" | "response";
  readonly name: RpcName;
  readonly read: FieldReader;
}

/** By element name: `Inform`, `InformResponse`, … Compiled once. */
const methods: ReadonlyMap<string, Method> = new Map(
  rpcNames.flatMap((name): [string, Method][] => [
    [name, { kind: "request", name, read: structReader(rpcs[name].request, name) }],
    [`${name}Response`, { kind: "response", name, read: structReader(rpcs[name].response, `${name}Response`) }],
  ]),
);

function readMessage(xml: XmlReader, draft: Draft): CwmpMessage {
  const element = xml.localName;
  draft.method = element;
  const method = methods.get(element);
  if (method !== undefined) {
    // The table's shapes and its types are the same thing; TypeScript cannot follow them through the map.
    return { kind: method.kind, name: method.name, body: method.read(xml) } as CwmpMessage;
  }
  if (element === "Fault") return { kind: "fault", fault: readFault(xml) };
  xml.skip();
  return { kind: "unknownRequest", name: element };
}
