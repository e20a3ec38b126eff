import { fault } from "../../../acs/rpc/faults.ts";
import type { CwmpMessage, ResponseMessage, RpcName } from "../../../acs/rpc/index.ts";
import { getParameterAttributes, setParameterAttributes } from "./attributes.ts";
import type { CpeContext, Handler } from "./context.ts";
import {
  changeDuState,
  factoryReset,
  getOptions,
  getRpcMethods,
  reboot,
  scheduleInform,
  setVouchers,
} from "./device.ts";
import { getParameterValues } from "./get-values.ts";
import { getParameterNames } from "./names.ts";
import { addObject, deleteObject } from "./objects.ts";
import { setParameterValues } from "./set-values.ts";
import {
  cancelTransfer,
  download,
  getAllQueuedTransfers,
  getQueuedTransfers,
  scheduleDownload,
  upload,
} from "./transfers.ts";

/** What a simulated CPE does for each RPC of the ACS. */
const handlers: { [N in RpcName]?: Handler<N> } = {
  GetRPCMethods: getRpcMethods,
  SetParameterValues: setParameterValues,
  GetParameterValues: getParameterValues,
  GetParameterNames: getParameterNames,
  SetParameterAttributes: setParameterAttributes,
  GetParameterAttributes: getParameterAttributes,
  AddObject: addObject,
  DeleteObject: deleteObject,
  Download: download,
  Reboot: reboot,
  GetQueuedTransfers: getQueuedTransfers,
  ScheduleInform: scheduleInform,
  SetVouchers: setVouchers,
  GetOptions: getOptions,
  Upload: upload,
  FactoryReset: factoryReset,
  GetAllQueuedTransfers: getAllQueuedTransfers,
  ScheduleDownload: scheduleDownload,
  CancelTransfer: cancelTransfer,
  ChangeDUState: changeDuState,
};

/** Carries out what the ACS sent and gives the response or a fault; 9000 for what no CPE serves. */
export async function execute(cpe: CpeContext, message: CwmpMessage): Promise<CwmpMessage> {
  const ordered = message.kind === "request" ? cpe.faultFor([message.name]) : 9000;
  if (message.kind !== "request" || ordered !== undefined) return { kind: "fault", fault: fault(ordered ?? 9000) };
  const handler = handlers[message.name] as Handler<RpcName> | undefined;
  if (handler === undefined) return { kind: "fault", fault: fault(9000) };
  const outcome = await handler(cpe, message.body as never);
  if ("fault" in outcome) return { kind: "fault", fault: outcome.fault };
  return { kind: "response", name: message.name, body: outcome } as ResponseMessage;
}
