import type { DeviceDocument, DeviceIdentity } from "../../fleet/devices/model.ts";
import type { OperationDocument } from "../../fleet/operations/model.ts";
import type { ParameterRecord } from "../../fleet/parameters/model.ts";
import type { Instant, Timer } from "../../kernel/time.ts";
import type { AnyProcedure, FileLocation } from "../procedures/procedure.ts";
import type { ResolvedQuirks } from "../quirks/index.ts";
import type { RequestMessage } from "../rpc/index.ts";
import type { Session } from "../session/session.ts";
import type { Dialect } from "../soap/dialect.ts";
import type { InformReport } from "./inform-report.ts";

/** An operation that this session carries out. */
export interface Run {
  operation: OperationDocument;
  procedure: AnyProcedure;
  progress: unknown;
  /** The next RPC, not sent yet. */
  pending?: { rpc: RequestMessage; repeatable: boolean; dialect?: Partial<Dialect> | undefined };
  /** The operation is `active` in the store. */
  begun: boolean;
  /** `progress` is older than what the device is asked for: its answer is of no use, the operation resumes instead. */
  stale: boolean;
  known: ReadonlyMap<string, ParameterRecord>;
  file?: FileLocation;
  target?: OperationDocument;
}

/**
 * A session of this process with what belongs to it. The session is the truth, the rest can be made anew. Every field is
 * there from the start and none is deleted: thousands of sessions linger, and an object of one shape stays small.
 */
export interface Live {
  session: Session;
  readonly secret: string;
  /** Kept by the registry: whether it can be found there, live or only for duplicates. */
  registered: boolean;
  /** Set once the contact is admitted. */
  cookie: string | undefined;
  device: DeviceDocument | undefined;
  readonly quirks: ResolvedQuirks;
  /** Only while the Inform is being answered. */
  inform: (InformReport & { identity: DeviceIdentity; useVersion?: string }) | undefined;
  root: "Device." | "InternetGatewayDevice.";
  softwareVersion: string | undefined;
  endpointState: Record<string, unknown>;
  run: Run | undefined;
  /** The RPC that went out last. */
  lastMethod: string | undefined;
  /** Work was put away for another session. */
  parked: boolean;
  /** Operations that this session shall not take up (again). */
  readonly skipped: string[];
  /** `until` of the lease as this process wrote it last. */
  leaseUntil: Instant;
  /** Messages of one session are worked on one after the other. */
  tail: Promise<unknown>;
  waiting: number;
  timer: Timer | undefined;
  lastReplyAt: Instant;
  readonly connections: string[];
  /** Methods that the CPE asked for and nobody knows, as recorded. */
  readonly unknownMethods: string[];
}
