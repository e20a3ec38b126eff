import type { CwmpMessage, Envelope, RequestMessage, ResponseMessage, RpcName } from "../../acs/rpc/index.ts";
import { namespaceOf, type ProtocolVersion, protocolVersions } from "../../acs/rpc/versions.ts";
import { decodeEnvelope } from "../../acs/soap/decode.ts";
import { minutes, seconds } from "../../kernel/time.ts";
import type { AcsLink } from "./acs-link.ts";
import type { Character } from "./character.ts";
import type { HttpAnswer } from "./http-exchange.ts";
import type { Misbehaviour } from "./misbehaviours.ts";
import type { Outbox, Report } from "./outbox.ts";
import { SessionFailed } from "./session-failed.ts";

export interface SessionPart {
  readonly link: AcsLink;
  readonly character: Character;
  readonly outbox: Outbox;
  readonly protocol: ProtocolVersion;
  /** The Inform as it is now. */
  readonly inform: () => RequestMessage<"Inform">;
  /** Does what the ACS asks; gives the response or a fault. */
  readonly execute: (message: CwmpMessage) => Promise<CwmpMessage>;
  /** True once per word in the CPE's life. */
  readonly firstTime: (word: string) => boolean;
  readonly acknowledged: (request: RpcName, what: readonly string[], faultCode?: number) => void;
  /** Starts the transfers that this session ordered, and waits for their end. */
  readonly runTransfers: () => Promise<void>;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly latency: number;
}

const MAX_RETRY_REQUESTS = 5;
const MAX_ENDLESS_POSTS = 1_000;
/** Seconds; the least that the header may say (specs/cwmp.md §1.5). */
const SESSION_TIMEOUT = 60;

/** The CPE's side of one conversation with the ACS, from the Inform to the empty answer (TR-069 §3.7). */
export class CpeSession {
  readonly #part: SessionPart;
  #namespace: string;
  #nextId = 1;
  #informedAgain = false;
  /** What the ACS asked for so far. */
  rpcs = 0;

  constructor(part: SessionPart) {
    this.#part = part;
    this.#namespace = namespaceOf(part.protocol);
  }

  /** Rejects with `SessionFailed`, or with the connection's error, when the conversation breaks off. */
  async run(): Promise<void> {
    const { link, runTransfers } = this.#part;
    if (this.#has("probe-first")) await link.probe();
    await this.#inform();
    if (!this.#has("interleaved-transfer-complete")) await this.#deliverReports();
    await this.#serve();
    if (this.#has("transfer-same-session")) await runTransfers();
    if (this.#has("transfer-same-session") || this.#has("interleaved-transfer-complete")) await this.#deliverLate();
    await this.#overstay();
  }

  #has(name: Misbehaviour): boolean {
    return this.#part.character.has(name);
  }

  #once(name: Misbehaviour, method: string): boolean {
    return this.#has(name) && this.#part.firstTime(`${name} ${method}`);
  }

  async #inform(): Promise<void> {
    const { outbox, inform, acknowledged } = this.#part;
    const delivered = outbox.events;
    const changed = [...outbox.changed];
    const answer = await this.#ask(inform());
    if (answer === undefined) throw new SessionFailed("the ACS refused the Inform", 200);
    outbox.informed(delivered, changed);
    acknowledged(
      "Inform",
      delivered.map(({ code, commandKey }) => `${code} ${commandKey}`.trim()),
    );
  }

  async #deliverReports(): Promise<void> {
    for (const report of this.#part.outbox.reports) await this.#deliver(report);
  }

  async #deliver(report: Report): Promise<void> {
    const { message, commandKey } = report;
    const isTransfer = message.name === "TransferComplete";
    const answer = await this.#ask(message);
    if (isTransfer && this.#has("duplicate-transfer-complete")) await this.#ask(message);
    // A refused report stays undelivered and the session goes on (specs/cwmp.md §1.6).
    if (answer === undefined) return;
    this.#part.outbox.reported(report);
    const faultCode = message.name === "TransferComplete" ? message.body.FaultStruct.FaultCode : undefined;
    this.#part.acknowledged(message.name, [commandKey], faultCode);
    if (isTransfer && this.#has("close-after-transfer"))
      throw new SessionFailed("closed after TransferCompleteResponse", 200);
  }

  async #deliverLate(): Promise<void> {
    if (this.#part.outbox.reports.length === 0) return;
    await this.#deliverReports();
    await this.#serve();
  }

  /** Gives the ACS its turn and does what it asks until it has nothing more. */
  async #serve(): Promise<void> {
    let answer = await this.#part.link.empty();
    while (answer.body.length > 0) {
      this.rpcs += 1;
      answer = await this.#answer(this.#read(answer));
    }
  }

  async #answer({ id, message }: Envelope): Promise<HttpAnswer> {
    const { link, execute, wait, latency, outbox } = this.#part;
    const method = message.kind === "request" || message.kind === "unknownRequest" ? message.name : message.kind;
    if (this.#has("second-inform") && !this.#informedAgain) {
      this.#informedAgain = true;
      await this.#inform();
      return link.empty();
    }
    const late = this.#has("interleaved-transfer-complete") ? outbox.reports[0] : undefined;
    if (late !== undefined) {
      await this.#deliver(late);
      return link.empty();
    }
    if (this.#once("drop-before-executing", method)) throw new SessionFailed(`dropped before ${method}`);
    if (this.#once("go-silent", method)) {
      await wait(minutes(3));
      throw new SessionFailed(`silent after ${method}`);
    }
    const reply = await execute(message);
    if (this.#once("drop-after-executing", method)) throw new SessionFailed(`dropped after ${method}`);
    if (latency > 0) await wait(latency);
    if (this.#has("slow-answers")) await wait(seconds(2));
    if (this.#has("empty-answers")) return link.empty();
    return link.envelope({ namespace: this.#namespace, message: reply, ...(id === undefined ? {} : { id }) });
  }

  async #overstay(): Promise<void> {
    const { link } = this.#part;
    if (this.#has("extra-empty-post")) await link.empty();
    if (this.#has("endless-posts")) for (let i = 0; i < MAX_ENDLESS_POSTS; i++) await link.empty();
  }

  /** A request of the CPE's own; `undefined` when the ACS refuses it with a fault. Fault 8005 asks for the same again. */
  async #ask(message: RequestMessage): Promise<ResponseMessage | undefined> {
    const id = String(this.#nextId++);
    for (let attempt = 0; attempt < MAX_RETRY_REQUESTS; attempt++) {
      const headers = message.name === "Inform" ? versionHeaders(this.#part.protocol) : {};
      const answer = await this.#part.link.envelope({ id, namespace: this.#namespace, ...headers, message });
      const { message: reply, useVersion } = this.#read(answer);
      const agreed = protocolVersions.find((version) => version === useVersion);
      if (agreed !== undefined) this.#namespace = namespaceOf(agreed);
      if (reply.kind === "response" && reply.name === message.name) return reply;
      if (reply.kind !== "fault")
        throw new SessionFailed(`the ACS answered ${message.name} with something else`, answer.status);
      if (reply.fault.faultCode !== 8005) return undefined;
    }
    return undefined;
  }

  #read(answer: HttpAnswer): Envelope {
    const decoded = decodeEnvelope(answer.body);
    if (!decoded.ok) throw new SessionFailed(`the ACS sent no message: ${decoded.detail}`, answer.status);
    return decoded.envelope;
  }
}

/** SOAP headers that an Inform carries since 1.3 and 1.4 (specs/cwmp.md §1.5). */
function versionHeaders(protocol: ProtocolVersion): Partial<Envelope> {
  if (protocol === "1.3") return { sessionTimeout: SESSION_TIMEOUT };
  if (protocol !== "1.4") return {};
  return { sessionTimeout: SESSION_TIMEOUT, supportedVersions: [...protocolVersions] };
}
