import type { RpcName } from "../../acs/rpc/index.ts";
import type { ProtocolVersion } from "../../acs/rpc/versions.ts";
import type { Clock, Duration } from "../../kernel/time.ts";
import type { ConnectionRequestListener } from "./connection-request.ts";
import type { UserPassword } from "./digest.ts";
import type { TlsIdentity } from "./http-exchange.ts";
import type { Misbehaviour } from "./misbehaviours.ts";
import type { CpeModel } from "./model.ts";
import type { OrderedFault } from "./ordered-faults.ts";
import type { Executed } from "./state.ts";

export interface CpeOptions {
  acsUrl: string;
  model: CpeModel;
  serialNumber: string;
  clock?: Clock;
  /** In [0, 1); seeded for a run that can be repeated. */
  random?: () => number;
  /** By default 1.2; 1.3 and 1.4 send their SOAP headers. */
  protocol?: ProtocolVersion;
  credentials?: UserPassword;
  /** Client certificate and trust for https. */
  tls?: TlsIdentity;
  /** Overrides the model's PeriodicInformInterval. */
  interval?: Duration;
  /** Where this CPE listens for connection requests, on a port of its own; without it and the next, nowhere. */
  connectionRequestHost?: string;
  /** A listener that many CPEs share; each has a path of its own. */
  connectionRequests?: ConnectionRequestListener;
  misbehave?: readonly Misbehaviour[];
  /** Faults to give, by method (`Download`), by parameter name, or for the outcome of transfers (`TransferComplete`). */
  faults?: Readonly<Record<string, OrderedFault>>;
  /** Milliseconds before each answer. */
  latency?: Duration;
  /** 1: the standard's waits after a failed session; smaller for tests. */
  retryScale?: number;
  /** How long a reboot takes. */
  rebootTime?: Duration;
  onExecuted?: (executed: Executed) => void;
  /** The ACS answered this request of the CPE's: what it says is stored. */
  onAcknowledged?: (acknowledged: Acknowledged) => void;
  onSession?: (session: SessionReport) => void;
  /** Background work failed for a reason that is no CPE's; by default a process warning. */
  onError?: (error: unknown) => void;
}

export interface SessionReport {
  readonly serialNumber: string;
  readonly outcome: "completed" | "refused" | "failed";
  readonly events: readonly string[];
  /** That the ACS asked for. */
  readonly rpcs: number;
  readonly took: Duration;
  readonly error?: string;
}

export interface Acknowledged {
  readonly serialNumber: string;
  readonly request: RpcName;
  /** Of an Inform: its events, `code` or `code commandKey`; else the CommandKey. */
  readonly what: readonly string[];
  /** Of a TransferComplete; 0 is success. */
  readonly faultCode?: number;
}
