import { fault, type ParameterFault } from "../../../acs/rpc/faults.ts";
import type { CwmpFault, RpcName, RpcRequest, RpcResponse } from "../../../acs/rpc/index.ts";
import type { ProtocolVersion } from "../../../acs/rpc/versions.ts";
import type { Clock } from "../../../kernel/time.ts";
import type { Misbehaviour } from "../misbehaviours.ts";
import type { FinishedTransfer, PendingTransfer } from "../state.ts";
import type { CpeTree } from "../tree.ts";

/** What happens to the CPE once the session is over. */
export type Restart = { kind: "reboot"; commandKey: string } | { kind: "factoryReset" } | { kind: "restart" };

/** The transfers as the RPCs of the ACS see them. */
export interface TransferQueue {
  readonly pending: readonly PendingTransfer[];
  /** Keeps it until it is due. */
  accept(transfer: PendingTransfer): void;
  /** Carries it out now. */
  runNow(transfer: PendingTransfer): Promise<FinishedTransfer>;
  /** False when one with this key can no longer be stopped. */
  cancel(commandKey: string): boolean;
}

/** What the RPCs of the ACS may touch of a simulated CPE. */
export interface CpeContext {
  readonly tree: CpeTree;
  readonly clock: Clock;
  readonly protocol: ProtocolVersion;
  readonly transfers: TransferQueue;
  has(misbehaviour: Misbehaviour): boolean;
  /** A fault that was ordered for this method or one of these parameters; it counts as given. */
  faultFor(names: readonly string[]): number | undefined;
  afterSession(restart: Restart): void;
  /** Breaks the session off and reboots. */
  crash(): never;
  /** At a time from now, in seconds. */
  scheduleInform(delaySeconds: number, commandKey: string): void;
  changeSoftware(operations: RpcRequest<"ChangeDUState">["Operations"], commandKey: string): void;
  setParameterKey(key: string): void;
  /** The ACS wrote these values in one call: diagnostics start, the ACS's URL changes. */
  written(values: ReadonlyMap<string, string>): void;
  executed(method: string, commandKey: string, target: string): void;
}

export interface Refusal {
  readonly fault: CwmpFault;
}

type Outcome<N extends RpcName> = RpcResponse<N> | Refusal;
export type Handler<N extends RpcName> = (cpe: CpeContext, request: RpcRequest<N>) => Outcome<N> | Promise<Outcome<N>>;

export const refuse = (code: number, parameterFaults: ParameterFault[] = []): Refusal => ({
  fault: fault(code, undefined, parameterFaults),
});
