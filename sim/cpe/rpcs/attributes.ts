import { type Handler, refuse } from "./context.ts";
import { namesBelow } from "./get-values.ts";

export const getParameterAttributes: Handler<"GetParameterAttributes"> = (cpe, { ParameterNames }) => {
  const found = namesBelow(cpe, ParameterNames);
  if ("fault" in found) return found;
  return {
    ParameterList: found.map((name) => {
      const { notification, accessList } = cpe.tree.get(name)!;
      return { Name: name, Notification: notification, AccessList: [...accessList] };
    }),
  };
};

/** In the order of the list, all or nothing (TR-069 A.3.2.4). Values above 2 came with protocol 1.4. */
export const setParameterAttributes: Handler<"SetParameterAttributes"> = (cpe, { ParameterList }) => {
  const highest = cpe.protocol === "1.4" ? 6 : 2;
  for (const { Name, NotificationChange, Notification } of ParameterList) {
    const names = namesBelow(cpe, [Name]);
    if ("fault" in names) return names;
    if (NotificationChange && (Notification < 0 || Notification > highest)) return refuse(9003);
    const ordered = cpe.faultFor([Name]);
    if (ordered !== undefined) return refuse(ordered);
  }
  for (const { Name, NotificationChange, Notification, AccessListChange, AccessList } of ParameterList)
    for (const name of cpe.tree.below(Name))
      cpe.tree.setAttributes(name, {
        ...(NotificationChange ? { notification: Notification } : {}),
        ...(AccessListChange ? { accessList: AccessList } : {}),
      });
  return {};
};
