import { fault } from "../../acs/rpc/faults.ts";
import type { RpcRequest } from "../../acs/rpc/index.ts";
import { wireTime } from "./state.ts";

type Operation = RpcRequest<"ChangeDUState">["Operations"][number];
type Result = RpcRequest<"DUStateChangeComplete">["Results"][number];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const OWN_UUID = "5ed3a1c0-0000-3000-8000-000000000001";

/** One result per operation, in their order (TR-069 A.4.2.3). */
export function changeSoftware(operations: readonly Operation[], root: string, now: number): Result[] {
  return operations.map((operation, index) => {
    const { UUID: given, Version } = Object.values(operation)[0] as { UUID?: string; Version?: string };
    const code = given !== undefined && !UUID.test(given) ? 9022 : 0;
    const removed = "UninstallOpStruct" in operation;
    return {
      UUID: given ?? OWN_UUID,
      DeploymentUnitRef: code === 0 ? `${root}SoftwareModules.DeploymentUnit.${index + 1}` : "",
      Version: Version ?? "1.0",
      CurrentState: code !== 0 ? "Failed" : removed ? "Uninstalled" : "Installed",
      Resolved: code === 0,
      ExecutionUnitRefList: "",
      StartTime: wireTime(now),
      CompleteTime: wireTime(now),
      Fault: { FaultCode: code, FaultString: code === 0 ? "" : fault(code).faultString },
    };
  });
}
