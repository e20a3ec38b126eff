import { methodsServedBy } from "../../../acs/rpc/index.ts";
import { type Handler, refuse } from "./context.ts";

export const getRpcMethods: Handler<"GetRPCMethods"> = () => ({ MethodList: methodsServedBy("cpe") });

export const reboot: Handler<"Reboot"> = (cpe, { CommandKey }) => {
  cpe.afterSession({ kind: "reboot", commandKey: CommandKey });
  cpe.executed("Reboot", CommandKey, "");
  return {};
};

export const factoryReset: Handler<"FactoryReset"> = (cpe) => {
  cpe.afterSession({ kind: "factoryReset" });
  cpe.executed("FactoryReset", "", "");
  return {};
};

export const scheduleInform: Handler<"ScheduleInform"> = (cpe, { DelaySeconds, CommandKey }) => {
  if (DelaySeconds === 0) return refuse(9003);
  cpe.scheduleInform(DelaySeconds, CommandKey);
  return {};
};

export const changeDuState: Handler<"ChangeDUState"> = (cpe, { Operations, CommandKey }) => {
  cpe.changeSoftware(Operations, CommandKey ?? "");
  cpe.executed("ChangeDUState", CommandKey ?? "", String(Operations.length));
  return {};
};

export const setVouchers: Handler<"SetVouchers"> = () => ({});

export const getOptions: Handler<"GetOptions"> = () => ({ OptionList: [] });
