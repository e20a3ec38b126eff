import type { AttributeItem, ItemResult } from "../../fleet/operations/model.ts";
import type { ParameterObservation } from "../../fleet/parameters/model.ts";
import { operationFault, outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, settle, type Task, unexpected } from "./procedure.ts";

const toWire = ({ path, notification, accessList }: AttributeItem) => ({
  Name: path,
  NotificationChange: notification !== undefined,
  Notification: notification ?? 0,
  AccessListChange: accessList !== undefined,
  AccessList: [...(accessList ?? [])],
});

function set({ request }: Task<"setAttributes">): Decision<null> {
  const body = { ParameterList: request.attributes.map(toWire) };
  return { do: "send", rpc: { kind: "request", name: "SetParameterAttributes", body }, progress: null };
}

function get({ request }: Task<"readAttributes">): Decision<null> {
  const body = { ParameterNames: [...request.paths] };
  const rpc = { kind: "request", name: "GetParameterAttributes", body } as const;
  return { do: "send", rpc, progress: null, repeatable: true };
}

/** SetParameterAttributes, all or none (TR-069 A.3.2.4). The same attributes again do no harm: a drop repeats it. */
export const setAttributes = defineProcedure<"setAttributes", null>({
  kind: "setAttributes",

  begin: set,

  onResponse({ request, facts }, _progress, response) {
    if (response.name !== "SetParameterAttributes") return unexpected(response);
    const observations = request.attributes
      .filter((one) => !one.path.endsWith("."))
      .map(
        ({ path, notification, accessList }): ParameterObservation => ({
          path,
          ...(notification === undefined ? {} : { notification }),
          ...(accessList === undefined ? {} : { accessList }),
        }),
      );
    const items = request.attributes.map(({ path }): ItemResult => ({ path, outcome: "done" }));
    return settle({ state: "done", items }, { learn: [{ at: facts.now, source: "written", observations }] });
  },

  onFault({ request }, _progress, fault) {
    const [only] = request.attributes;
    if (fault.faultCode < 9003 || request.attributes.length !== 1 || !only) return settle(outcomeOf(fault));
    const why = operationFault(fault.faultCode, fault.faultString);
    return settle({ state: "failed", fault: why, items: [{ path: only.path, outcome: "failed", fault: why }] });
  },

  onResume: set,
});

/** GetParameterAttributes (TR-069 A.3.2.5). */
export const readAttributes = defineProcedure<"readAttributes", null>({
  kind: "readAttributes",

  begin: get,

  onResponse({ facts }, _progress, response) {
    if (response.name !== "GetParameterAttributes") return unexpected(response);
    const observations = response.body.ParameterList.map(
      ({ Name, Notification, AccessList }): ParameterObservation => ({
        path: Name,
        notification: Notification,
        accessList: AccessList,
      }),
    );
    const result = { count: observations.length, attributes: observations.slice(0, 100) };
    return settle({ state: "done", result }, { learn: [{ at: facts.now, source: "read", observations }] });
  },

  onFault: (_task, _progress, fault) => settle(outcomeOf(fault)),
  onResume: get,
});
