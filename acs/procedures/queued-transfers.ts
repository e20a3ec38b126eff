import type { RequestMessage, ResponseMessage } from "../rpc/index.ts";
import { isUnsupported } from "./fault-advice.ts";
import type { Facts } from "./procedure.ts";

export type QueueMethod = "GetAllQueuedTransfers" | "GetQueuedTransfers";

export interface QueuedTransfer {
  commandKey: string;
  /** 1 not started, 2 in progress, 3 completed and about to be reported. */
  state: number;
  isDownload?: boolean;
  fileType?: string;
}

/** The better one that the device may know: GetAllQueuedTransfers since 1.1, else GetQueuedTransfers. */
export function queueMethod(facts: Facts, after?: QueueMethod): QueueMethod | undefined {
  const candidates: QueueMethod[] =
    facts.version === "1.0" ? ["GetQueuedTransfers"] : ["GetAllQueuedTransfers", "GetQueuedTransfers"];
  const rest = after === undefined ? candidates : candidates.slice(candidates.indexOf(after) + 1);
  return rest.find((method) => !isUnsupported(facts.endpointState, method));
}

export const askQueue = (method: QueueMethod): RequestMessage =>
  method === "GetAllQueuedTransfers"
    ? { kind: "request", name: method, body: {} }
    : { kind: "request", name: method, body: {} };

export function queueOf(response: ResponseMessage): QueuedTransfer[] | undefined {
  if (response.name === "GetQueuedTransfers") {
    return response.body.TransferList.map(({ CommandKey, State }) => ({ commandKey: CommandKey, state: State }));
  }
  if (response.name !== "GetAllQueuedTransfers") return undefined;
  return response.body.TransferList.map(({ CommandKey, State, IsDownload, FileType }) => ({
    commandKey: CommandKey,
    state: State,
    isDownload: IsDownload,
    fileType: FileType,
  }));
}
