import type { RpcRequest } from "../../acs/rpc/index.ts";
import type { ListenerHabits } from "./connection-request.ts";
import { cookieSpellings } from "./cookies.ts";
import { basic } from "./digest.ts";
import { type HttpHabits, ordinaryHttp } from "./http-client.ts";
import { type Spelling, spellings } from "./spelling.ts";

type InformEvents = RpcRequest<"Inform">["Event"];

export interface MisbehaviourEntry {
  readonly doc: string;
  readonly http?: Partial<HttpHabits>;
  readonly listener?: Partial<ListenerHabits>;
  /** Applied to the events of each Inform. */
  readonly events?: (events: InformEvents) => InformEvents;
  /** Applied to each envelope on its way out. */
  readonly spell?: Spelling;
}

const digest = ordinaryHttp.digest;
const without =
  (...codes: string[]) =>
  (events: InformEvents): InformEvents =>
    events.filter(({ EventCode }) => !codes.includes(EventCode));
const vendorEvent = { EventCode: "X 00D0FF Button pressed", CommandKey: "" };

/**
 * What broken and odd firmware does (specs/cwmp.md §9, §10), by the name that the command line and tests use. An entry
 * that is nothing but its doc is asked for by name where the CPE acts; the others act wherever they apply, and spellings
 * in the order of this table.
 */
const entries = {
  // Connections and HTTP
  "fresh-connections": { doc: "opens a TCP connection for every POST", http: { freshConnections: true } },
  "http-1.0": { doc: "speaks HTTP/1.0 and keeps no connection", http: { version: "1.0" } },
  chunked: { doc: "sends chunked bodies, the empty one too", http: { chunked: true } },
  "expect-continue": { doc: "waits for 100 Continue before each body", http: { expectsContinue: true } },
  gzip: { doc: "sends compressed bodies" },
  "gzip-empty": { doc: "labels its empty POSTs as compressed" },
  "no-soap-action": { doc: "sends no SOAPAction" },
  "html-content-type": { doc: "labels its envelopes as text/html" },
  "repeat-posts": { doc: "sends every POST again on a new connection, as if the answer had been lost" },
  "probe-first": { doc: "begins each session with an empty POST, to see the challenge" },
  "slow-answers": { doc: "takes two seconds for each answer" },

  // Cookies
  "no-cookie": { doc: "answers none of the cookies", http: { cookies: cookieSpellings.none } },
  "stale-cookie": { doc: "keeps the cookies for the next session's Inform", http: { keepsCookies: true } },
  "cookie-version": { doc: 'writes cookies as $Version="1"; name="value"', http: { cookies: cookieSpellings.rfc2965 } },
  "cookie-attributes": { doc: "sends the cookies' attributes back", http: { cookies: cookieSpellings.attributes } },
  "cookie-path-first": { doc: "writes Path=/ before each cookie", http: { cookies: cookieSpellings.pathFirst } },
  "cookie-quotes": { doc: "puts the cookies' values in quotes", http: { cookies: cookieSpellings.quoted } },
  "cookie-commas": { doc: "separates cookies by commas and adds one", http: { cookies: cookieSpellings.commas } },
  "cookie-empty-name": { doc: "adds a cookie without a name", http: { cookies: cookieSpellings.emptyName } },

  // Authentication
  "forget-challenge": { doc: "sends everything twice, first without credentials", http: { forgetsChallenge: true } },
  "basic-empty": {
    doc: "sends Basic with empty credentials before it is asked",
    http: { unaskedAuthorization: basic({ username: "", password: "" }) },
  },
  "digest-without-qop": {
    doc: "answers Digest challenges as if they had no qop",
    http: { digest: { ...digest, withoutQop: true } },
  },
  "digest-without-query": {
    doc: "leaves the query out of the digest's uri",
    http: { digest: { ...digest, uri: "withoutQuery" } },
  },
  "digest-empty-uri": {
    doc: "leaves the digest's uri empty, and has no qop",
    http: { digest: { ...digest, uri: "empty", withoutQop: true } },
  },
  "digest-same-count": {
    doc: "counts every use of a nonce as the first",
    http: { digest: { ...digest, constantCount: true } },
  },

  // Envelopes
  "method-prefix": { doc: "puts all of a method into the cwmp namespace", spell: spellings.methodPrefixEverywhere },
  "no-header": { doc: "sends no SOAP header and so no ID", spell: spellings.noHeader },
  "empty-id": { doc: "sends an empty cwmp:ID", spell: spellings.emptyId },
  "wrong-id": { doc: "answers with another cwmp:ID than it was asked with", spell: spellings.wrongId },
  "invented-namespace": { doc: "uses the cwmp-1-4 URI, which no standard has", spell: spellings.inventedNamespace },
  "old-schema": { doc: "names the XML Schema drafts of 1999", spell: spellings.oldSchema },
  "encoding-without-slash": {
    doc: "names SOAP's encoding without the last slash",
    spell: spellings.encodingWithoutSlash,
  },
  "no-types": { doc: "leaves out every xsi:type", spell: spellings.noTypes },
  "object-types": { doc: "gives every value the type object", spell: spellings.typedObject },
  "types-everywhere": { doc: "puts an xsi:type on every element", spell: spellings.typesEverywhere },
  "wrong-array-type": { doc: "counts its arrays wrongly, with leading zeros", spell: spellings.wrongCounts },
  "soap-enc-array": { doc: "types its arrays as SOAP-ENC:Array", spell: spellings.arraysTyped },
  "no-array-type": { doc: "leaves out every arrayType", spell: spellings.noCounts },
  "white-space": { doc: "puts line breaks and blanks around names and values", spell: spellings.spacedNamesAndValues },
  "no-empty-values": { doc: "leaves out the Value of empty parameters", spell: spellings.noEmptyValues },
  "control-characters": { doc: "sends control characters that XML forbids", spell: spellings.controlCharacters },
  latin1: { doc: "sends Latin-1 bytes that are not UTF-8", spell: spellings.accented },
  "wrong-response": { doc: "answers RPCs with another method's response", spell: spellings.wrongResponseName },

  // Inform
  "lower-case-oui": { doc: "spells its OUI in lower case", spell: spellings.lowerCaseOui },
  "short-oui": { doc: "has an OUI of five digits", spell: spellings.shortOui },
  "no-oui": { doc: "has no OUI", spell: spellings.noOui },
  "empty-product-class": { doc: "has an empty ProductClass", spell: spellings.emptyProductClass },
  "empty-manufacturer": { doc: "has an empty Manufacturer", spell: spellings.emptyManufacturer },
  "no-events": { doc: "sends an empty Event list", events: () => [] },
  "boot-before-bootstrap": {
    doc: "lists its events in reverse order, BOOT before BOOTSTRAP",
    events: (events) => events.toReversed(),
  },
  "vendor-event": { doc: "adds an event of its vendor", events: (events) => [...events, vendorEvent] },
  "reboot-without-m": { doc: "does not report M Reboot after a reboot", events: without("M Reboot") },
  "reboot-without-boot": {
    doc: "reports M Reboot without 1 BOOT",
    events: (events) => (events.some(({ EventCode }) => EventCode === "M Reboot") ? without("1 BOOT")(events) : events),
  },
  "transfer-without-event": { doc: "sends TransferComplete without event 7", events: without("7 TRANSFER COMPLETE") },
  "events-without-blanks": { doc: "writes event codes like 1BOOT and 4VALUECHANGE", spell: spellings.gluedEvents },
  "odd-event-case": {
    doc: "writes event codes like 1 Boot and M TRANSFERCOMPLETE",
    spell: spellings.capitalisedEvents,
  },
  "two-envelopes": { doc: "offers two envelopes (MaxEnvelopes 2)", spell: spellings.twoEnvelopes },
  "no-retry-count": { doc: "leaves out RetryCount", spell: spellings.noRetryCount },
  "no-current-time": { doc: "leaves out CurrentTime", spell: spellings.noCurrentTime },
  "broken-current-time": { doc: "writes CurrentTime like 2019-03-05T11:54::14", spell: spellings.brokenCurrentTime },
  "epoch-clock": { doc: "thinks that it is 1970, without a zone", spell: spellings.epochCurrentTime },
  "null-parameter-key": { doc: "reports its ParameterKey as (null)", spell: spellings.nullParameterKey },

  // Sessions
  "drop-before-executing": { doc: "closes the connection when given an RPC, without doing it (once per RPC)" },
  "drop-after-executing": { doc: "does an RPC, then closes the connection instead of answering (once per RPC)" },
  "go-silent": { doc: "keeps the connection and says nothing more after an RPC (once per RPC)" },
  "empty-answers": { doc: "answers every RPC with an empty POST" },
  "second-inform": { doc: "begins anew with an Inform instead of answering the first RPC of a session" },
  "extra-empty-post": { doc: "sends one more empty POST after the ACS has ended the session" },
  "endless-posts": { doc: "goes on with empty POSTs after the end, up to 1,000 of them" },

  // Parameters
  "no-root-names": { doc: "refuses GetParameterNames of an empty path and of the root" },
  "next-level-ignored": { doc: "answers NextLevel=1 with the whole subtree" },
  "next-level-refused": { doc: "refuses NextLevel=1 with 9003" },
  "endless-names": { doc: "finds another object within each object that NextLevel=1 asks about" },
  "wrong-writable": { doc: "says of every name that it is read-only" },
  "small-answers": { doc: "refuses GetParameterValues of more than 20 values with 9004" },
  "large-get-9002": { doc: "refuses GetParameterValues of more than 20 values with 9002" },
  "large-get-reboot": { doc: "reboots when GetParameterValues asks for more than 500 values" },
  "listed-but-invalid": { doc: "lists DeviceInfo.X_Ghost and refuses every GetParameterValues of it with 9005" },
  "strict-types": { doc: "refuses a value of another type than its own with 9006" },
  "upper-case-values": { doc: "keeps what is written in upper case" },
  "set-needs-reboot": { doc: "answers SetParameterValues with Status 1" },
  "renumbered-rows": { doc: "gives the rows that were added other instance numbers at a reboot" },

  // Faults
  "fault-in-text": { doc: "puts a fault's detail inside faultstring", spell: spellings.faultInText },
  "plain-soap-fault": { doc: "sends faults without detail", spell: spellings.plainSoapFault },
  "no-fault-string": { doc: "leaves FaultString empty", spell: spellings.noFaultString },
  "fault-without-list": { doc: "sends 9003 without the parameters' own faults", spell: spellings.noParameterFaults },
  "fault-names-in-text": {
    doc: "gives a parameter's fault at the top and names the parameter in the text only",
    spell: spellings.parameterFaultsInText,
  },

  // Transfers, diagnostics, value changes
  "download-at-once": { doc: "downloads before it answers: DownloadResponse Status 0, no TransferComplete" },
  "transfer-same-session": { doc: "sends TransferComplete in the session that ordered it, after the ACS has ended it" },
  "interleaved-transfer-complete": { doc: "sends TransferComplete instead of the answer to an RPC" },
  "duplicate-transfer-complete": { doc: "sends every TransferComplete twice in one session" },
  "transfer-without-key": {
    doc: "sends TransferComplete with an empty CommandKey",
    spell: spellings.keylessTransferComplete,
  },
  "no-transfer-complete": { doc: "never sends TransferComplete" },
  "close-after-transfer": { doc: "closes the connection after TransferCompleteResponse" },
  "no-event-8": { doc: "finishes diagnostics without making contact" },
  "diagnostics-completed": { doc: "spells the state of finished diagnostics Completed" },
  "counter-changes": { doc: "makes contact every ten seconds because UpTime changed" },

  // Connection requests
  "connection-request-without-qop": {
    doc: "challenges connection requests without qop",
    listener: { challenge: "withoutQop" },
  },
  "connection-request-sha256": {
    doc: "challenges connection requests with SHA-256",
    listener: { challenge: "sha256" },
  },
  "connection-request-md5-sess": {
    doc: "challenges connection requests with MD5-sess",
    listener: { challenge: "md5Sess" },
  },
  "connection-request-basic": { doc: "challenges connection requests with Basic", listener: { challenge: "basic" } },
  "connection-request-folded": {
    doc: "folds its challenge over lines that end in bare LF",
    listener: { challenge: "folded" },
  },
  "connection-request-open": {
    doc: "accepts connection requests without any challenge",
    listener: { challenge: "none" },
  },
  "connection-request-202": { doc: "answers an accepted connection request with 202", listener: { success: 202 } },
  "connection-request-204": { doc: "answers an accepted connection request with 204", listener: { success: 204 } },
  "connection-request-drop": {
    doc: "closes the connection on every other request with credentials",
    listener: { dropsAuthenticated: true },
  },
  "connection-request-busy": { doc: "answers every connection request with 503" },
  "connection-request-ignored": { doc: "accepts connection requests and makes no contact" },

  // What the spellings above would not recognise comes last.
  "odd-prefixes": { doc: "uses other namespace prefixes, and never declares xsi", spell: spellings.oddPrefixes },
  "no-namespaces": { doc: "uses no namespace at all", spell: spellings.noNamespaces },
  "single-quotes": { doc: "puts attributes in single quotes", spell: spellings.singleQuotes },
  "bad-xml": { doc: "cuts its answers to RPCs in the middle of their end tag", spell: spellings.cutShort },
} as const satisfies Record<string, MisbehaviourEntry>;

export type Misbehaviour = keyof typeof entries;
export const misbehaviours: Readonly<Record<Misbehaviour, MisbehaviourEntry>> = entries;
export const misbehaviourNames = Object.keys(entries) as readonly Misbehaviour[];
