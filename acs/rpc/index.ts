import type { RpcDefinition } from "./define.ts";
import type { CwmpFault } from "./faults.ts";
import type { Infer } from "./fields.ts";
import { AddObject } from "./methods/add-object.ts";
import { AutonomousDUStateChangeComplete } from "./methods/autonomous-du-state-change-complete.ts";
import { AutonomousTransferComplete } from "./methods/autonomous-transfer-complete.ts";
import { CancelTransfer } from "./methods/cancel-transfer.ts";
import { ChangeDUState } from "./methods/change-du-state.ts";
import { DeleteObject } from "./methods/delete-object.ts";
import { Download } from "./methods/download.ts";
import { DUStateChangeComplete } from "./methods/du-state-change-complete.ts";
import { FactoryReset } from "./methods/factory-reset.ts";
import { GetAllQueuedTransfers } from "./methods/get-all-queued-transfers.ts";
import { GetOptions } from "./methods/get-options.ts";
import { GetParameterAttributes } from "./methods/get-parameter-attributes.ts";
import { GetParameterNames } from "./methods/get-parameter-names.ts";
import { GetParameterValues } from "./methods/get-parameter-values.ts";
import { GetQueuedTransfers } from "./methods/get-queued-transfers.ts";
import { GetRPCMethods } from "./methods/get-rpc-methods.ts";
import { Inform } from "./methods/inform.ts";
import { Kicked } from "./methods/kicked.ts";
import { Reboot } from "./methods/reboot.ts";
import { RequestDownload } from "./methods/request-download.ts";
import { ScheduleDownload } from "./methods/schedule-download.ts";
import { ScheduleInform } from "./methods/schedule-inform.ts";
import { SetParameterAttributes } from "./methods/set-parameter-attributes.ts";
import { SetParameterValues } from "./methods/set-parameter-values.ts";
import { SetVouchers } from "./methods/set-vouchers.ts";
import { TransferComplete } from "./methods/transfer-complete.ts";
import { Upload } from "./methods/upload.ts";

export type { CwmpFault } from "./faults.ts";
export type { WireValue } from "./fields.ts";

/** Every RPC of protocol 1.0–1.4. A new one is a file in `methods/` and a line here. */
export const rpcs = {
  Inform,
  GetRPCMethods,
  SetParameterValues,
  GetParameterValues,
  GetParameterNames,
  SetParameterAttributes,
  GetParameterAttributes,
  AddObject,
  DeleteObject,
  Download,
  Reboot,
  TransferComplete,
  GetQueuedTransfers,
  ScheduleInform,
  SetVouchers,
  GetOptions,
  Upload,
  FactoryReset,
  Kicked,
  RequestDownload,
  GetAllQueuedTransfers,
  AutonomousTransferComplete,
  ScheduleDownload,
  CancelTransfer,
  ChangeDUState,
  DUStateChangeComplete,
  AutonomousDUStateChangeComplete,
} as const satisfies Record<string, RpcDefinition>;

export type RpcName = keyof typeof rpcs;
export type RpcRequest<N extends RpcName> = { [P in N]: Infer<(typeof rpcs)[P]["request"]> }[N];
export type RpcResponse<N extends RpcName> = { [P in N]: Infer<(typeof rpcs)[P]["response"]> }[N];

export const rpcNames = Object.keys(rpcs) as readonly RpcName[];
export const isRpcName = (name: string): name is RpcName => Object.hasOwn(rpcs, name);

/** The methods that one side understands, as its GetRPCMethodsResponse lists them. */
export const methodsServedBy = (side: "acs" | "cpe"): RpcName[] => rpcNames.filter((name) => rpcs[name].from !== side);

export type RequestMessage<N extends RpcName = RpcName> = {
  [P in N]: { kind: "request"; name: P; body: RpcRequest<P> };
}[N];
export type ResponseMessage<N extends RpcName = RpcName> = {
  [P in N]: { kind: "response"; name: P; body: RpcResponse<P> };
}[N];

export type CwmpMessage =
  | RequestMessage
  /** A method element that is in no table: answered with fault 8000 or 9000. */
  | { kind: "unknownRequest"; name: string }
  | ResponseMessage
  | { kind: "fault"; fault: CwmpFault };

export interface Envelope {
  /** `cwmp:ID`, to be repeated in the answer exactly. */
  id?: string;
  /** The cwmp URI as received, or to be sent. */
  namespace: string;
  holdRequests?: boolean;
  /** Seconds. */
  sessionTimeout?: number;
  supportedVersions?: string[];
  useVersion?: string;
  message: CwmpMessage;
}
