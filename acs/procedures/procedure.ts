import type { ValueTyping } from "../../datamodels/typing.ts";
import type { EventInput, WorkOutcome } from "../../fleet/door.ts";
import type { OperationDocument, OperationKind, OperationRequest } from "../../fleet/operations/model.ts";
import type { ParameterPatch, ParameterRecord } from "../../fleet/parameters/model.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Quirks } from "../quirks/quirks.ts";
import type { CwmpFault, RequestMessage, ResponseMessage, RpcRequest } from "../rpc/index.ts";
import type { Dialect } from "../soap/dialect.ts";

/** Where a file comes from or goes to, with what the device must present there. */
export interface FileLocation {
  url: string;
  username?: string;
  password?: string;
  /** Bytes. */
  size?: number;
  name?: string;
  /** Of an upload to us: what has arrived so far. */
  received?: readonly ReceivedFile[];
}

export interface ReceivedFile {
  id: string;
  name: string;
  /** Bytes. */
  size: number;
}

/** What a procedure may know of the device and of the moment. */
export interface Facts {
  readonly now: Instant;
  readonly root: "Device." | "InternetGatewayDevice.";
  readonly version: string;
  readonly quirks: Quirks;
  readonly softwareVersion?: string;
  /** What the device is known to have, for the paths that `needs` named. */
  readonly known: ReadonlyMap<string, ParameterRecord>;
  /** `Endpoint.state` of the device. */
  readonly endpointState: Readonly<Record<string, unknown>>;
  /** Of a transfer: the stored file, or where an upload goes. */
  readonly file?: FileLocation;
  /** Of a cancelTransfer: the transfer. */
  readonly target?: OperationDocument;
}

export interface Task<K extends OperationKind = OperationKind> {
  readonly operation: OperationDocument;
  readonly request: OperationRequest<K>;
  readonly facts: Facts;
}

/** What was learnt on the way; stored before the device hears more. */
export interface Learnt {
  learn?: readonly ParameterPatch[];
  /** Merged into `Endpoint.state`. */
  remember?: Record<string, unknown>;
  events?: readonly EventInput[];
}

export type Decision<P = unknown> =
  /**
   * `progress` is stored before the RPC goes out, unless `repeatable`: then the progress stored before leads, after a
   * drop, to the same end. `dialect`: how this one is spelt, where that is not the model's way.
   */
  | ({ do: "send"; rpc: RequestMessage; progress: P; repeatable?: boolean; dialect?: Partial<Dialect> } & Learnt)
  | ({ do: "settle"; outcome: WorkOutcome } & Learnt);

/** What a device says of an operation after it has answered, or instead of an answer. */
export type Report =
  | { kind: "transferCompleted"; faultCode: number; faultString: string; startTime: string; completeTime: string }
  | { kind: "softwareChanged"; results: RpcRequest<"DUStateChangeComplete">["Results"] }
  | { kind: "contacted"; events: readonly { code: string; commandKey: string }[]; softwareVersion?: string };

/**
 * How one kind of operation is carried out with CWMP: pure, and serialisable between any two messages.
 *
 * A progress belongs to whoever holds it last: a procedure may reuse its arrays, so a caller keeps none it has passed on.
 */
export interface Procedure<K extends OperationKind, P> {
  readonly kind: K;
  /** Paths whose stored records are wanted in `facts.known`. `typing` is the operation's. */
  needs?(request: OperationRequest<K>, typing?: readonly ValueTyping[]): readonly string[];
  begin(task: Task<K>): Decision<P>;
  onResponse(task: Task<K>, progress: P, response: ResponseMessage): Decision<P>;
  onFault(task: Task<K>, progress: P, fault: CwmpFault): Decision<P>;
  /** The rule of this kind for leaving `unknown` (specs/cwmp §1.7 "Drop mid-RPC"): nothing that is not idempotent runs twice. */
  onResume(task: Task<K>, progress: P): Decision<P>;
  /** The device did not answer in time: what to try instead when the operation is resumed. */
  onSilence?(progress: P): P;
  /** What a later word of the device means for the operation; `undefined`: nothing. */
  onReport?(task: Task<K>, progress: P | undefined, report: Report): Decision<P> | undefined;
}

/** A procedure in the table: its progress is opaque to whoever runs it. */
export type AnyProcedure = Procedure<OperationKind, unknown>;

/** Checks a procedure against its kind and forgets the type of its progress. */
export const defineProcedure = <K extends OperationKind, P>(procedure: Procedure<K, P>): AnyProcedure =>
  procedure as unknown as AnyProcedure;

export const settle = <P = never>(outcome: WorkOutcome, learnt: Learnt = {}): Decision<P> => ({
  do: "settle",
  outcome,
  ...learnt,
});

export const failed = <P = never>(code: string, message: string, learnt: Learnt = {}): Decision<P> =>
  settle({ state: "failed", fault: { code, message } }, learnt);

/** An answer of another method than asked: the session machine lets none through, so this names a defect. */
export const unexpected = <P = never>(response: ResponseMessage): Decision<P> =>
  failed("steward.internal", `${response.name}Response does not belong here`);
