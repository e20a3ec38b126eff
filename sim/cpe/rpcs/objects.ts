import { type Handler, refuse } from "./context.ts";

export const addObject: Handler<"AddObject"> = (cpe, { ObjectName, ParameterKey }) => {
  const instance = cpe.tree.addInstance(ObjectName);
  if (instance === undefined) return refuse(9005);
  cpe.setParameterKey(ParameterKey);
  cpe.executed("AddObject", ParameterKey, `${ObjectName}${instance}.`);
  return { InstanceNumber: instance, Status: 0 };
};

export const deleteObject: Handler<"DeleteObject"> = (cpe, { ObjectName, ParameterKey }) => {
  if (!cpe.tree.deleteInstance(ObjectName)) return refuse(9005);
  cpe.setParameterKey(ParameterKey);
  cpe.executed("DeleteObject", ParameterKey, ObjectName);
  return { Status: 0 };
};
