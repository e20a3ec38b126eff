import type { WorkOutcome } from "../../fleet/door.ts";
import type { ItemResult, OperationFault } from "../../fleet/operations/model.ts";
import { faultEntry, fault as faultOf } from "../rpc/faults.ts";
import type { CwmpFault } from "../rpc/index.ts";

/** In protocol-neutral words, with the device's own. */
export const operationFault = (code: number, text: string): OperationFault => ({
  code: `device.${faultEntry(code).name}`,
  message: faultEntry(code).meaning,
  native: { code, text },
});

/** What follows from a fault where the procedure knows nothing better (specs §2.6). */
export function outcomeOfFault(code: number, text: string, items?: ItemResult[]): WorkOutcome {
  const fault = operationFault(code, text);
  switch (faultEntry(code).advice) {
    case "backOff":
    case "shrink":
      return { state: "retry", fault };
    case "satisfied":
      return { state: "done", note: `${fault.message} (${code})` };
    default:
      return items === undefined ? { state: "failed", fault } : { state: "failed", fault, items };
  }
}

/** What SetParameterValues was refused for, parameter by parameter (TR-069 A.3.2.1). */
export const itemsNamedIn = ({ parameterFaults }: CwmpFault): ItemResult[] =>
  parameterFaults.map(({ parameterName, faultCode, faultString }) => ({
    path: parameterName,
    outcome: "failed",
    fault: operationFault(faultCode, faultString),
  }));

export const outcomeOf = (fault: CwmpFault): WorkOutcome => outcomeOfFault(fault.faultCode, fault.faultString);

/** Some devices answer with the code of a fault in Status, where A.3.2 knows 0 and 1 only: nothing was done. */
export const faultInStatus = (status: number): CwmpFault | undefined =>
  status >= 9000 ? faultOf(status, "answered as Status, not as a fault") : undefined;

export function refusedByStatus(status: number): WorkOutcome | undefined {
  const fault = faultInStatus(status);
  return fault && outcomeOf(fault);
}

/** 9000: the model lacks the method; a hint for display and for choosing another way (specs §2.6). */
export function rememberUnsupported(
  endpointState: Readonly<Record<string, unknown>>,
  method: string,
): Record<string, unknown> {
  const known = Array.isArray(endpointState.unsupportedMethods) ? (endpointState.unsupportedMethods as string[]) : [];
  return known.includes(method) ? {} : { unsupportedMethods: [...known, method] };
}

export const isUnsupported = (endpointState: Readonly<Record<string, unknown>>, method: string): boolean =>
  Array.isArray(endpointState.unsupportedMethods) && endpointState.unsupportedMethods.includes(method);
