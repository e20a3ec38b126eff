import type { ParameterFault } from "../../../acs/rpc/faults.ts";
import { fault } from "../../../acs/rpc/faults.ts";
import { type CpeContext, type Handler, refuse } from "./context.ts";
import { refusalOf } from "./validation.ts";

/** All or nothing (TR-069 A.3.2.1). */
export const setParameterValues: Handler<"SetParameterValues"> = (cpe, { ParameterList, ParameterKey }) => {
  const names = ParameterList.map(({ Name }) => Name);
  if (new Set(names).size !== names.length) return refuse(9003);
  const refused = ParameterList.flatMap(({ Name, Value }): ParameterFault[] => {
    const code = cpe.faultFor([Name]) ?? refusalOf(cpe.tree, Name, Value, cpe.has("strict-types"));
    return code === undefined ? [] : [{ parameterName: Name, faultCode: code, faultString: fault(code).faultString }];
  });
  if (refused.length > 0) return refuse(9003, refused);
  const values = new Map(ParameterList.map(({ Name, Value }) => [Name, kept(cpe, Value.value)]));
  for (const [name, value] of values) cpe.tree.set(name, value);
  cpe.written(values);
  cpe.setParameterKey(ParameterKey);
  return { Status: cpe.has("set-needs-reboot") ? 1 : 0 };
};

const kept = (cpe: CpeContext, value: string): string => (cpe.has("upper-case-values") ? value.toUpperCase() : value);
