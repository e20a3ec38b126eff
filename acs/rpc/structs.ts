import { arrayOf, boolean, dateTime, int, optional, required, struct, text, token, value } from "./fields.ts";

/** Shapes that several RPCs share. Names, lengths and order: cwmp-1-2.xsd. */

/** Trimmed: what a CPE repeats of it is ours, and we put no blanks in. */
export const commandKey = token(32);
export const parameterKey = text(32);

export const parameterNames = arrayOf("string", "xsd:string", token(256));

const valueStruct = struct({ Name: token(256), Value: value });
/** What a CPE reports: an entry without a name says nothing. */
export const reportedValues = arrayOf("ParameterValueStruct", "cwmp:ParameterValueStruct", valueStruct, {
  identity: "Name",
});
/** What an ACS sets: every entry counts. */
export const valuesToSet = arrayOf("ParameterValueStruct", "cwmp:ParameterValueStruct", valueStruct);

export const parameterInfos = arrayOf(
  "ParameterInfoStruct",
  "cwmp:ParameterInfoStruct",
  struct({ Name: token(256), Writable: boolean }),
  { identity: "Name" },
);

const accessList = arrayOf("string", "xsd:string", token(64));
export const attributesToSet = arrayOf(
  "SetParameterAttributesStruct",
  "cwmp:SetParameterAttributesStruct",
  struct({
    Name: token(256),
    NotificationChange: boolean,
    Notification: int(),
    AccessListChange: boolean,
    AccessList: accessList,
  }),
);
export const reportedAttributes = arrayOf(
  "ParameterAttributeStruct",
  "cwmp:ParameterAttributeStruct",
  struct({ Name: token(256), Notification: int(), AccessList: accessList }),
  { identity: "Name" },
);

/** Missing on success from several stacks: code 0 then. A negative code is none of the standard's, but a failure. */
export const transferFault = struct({ FaultCode: int(), FaultString: text(256) });

/** A reply without Status is waited for as one that says 1: only a TransferComplete ends it. */
export const transferResponse = { Status: int(1), StartTime: dateTime, CompleteTime: dateTime };

const operationResult = {
  UUID: token(36),
  DeploymentUnitRef: token(256),
  Version: text(32),
  CurrentState: token(),
  Resolved: boolean,
  ExecutionUnitRefList: text(),
  StartTime: dateTime,
  CompleteTime: dateTime,
  Fault: struct({ FaultCode: int(), FaultString: optional(text()) }),
};
export const opResult = struct(operationResult);
export const autonOpResult = struct({ ...operationResult, OperationPerformed: token() });

export const installOp = struct({
  URL: required(token(1024)),
  UUID: optional(token(36)),
  Username: optional(text(256)),
  Password: optional(text(256)),
  ExecutionEnvRef: optional(token(256)),
});
export const updateOp = struct({
  UUID: optional(token(36)),
  Version: optional(text(32)),
  URL: optional(token(1024)),
  Username: optional(text(256)),
  Password: optional(text(256)),
});
export const uninstallOp = struct({
  UUID: required(token(36)),
  Version: optional(text(32)),
  ExecutionEnvRef: optional(token(256)),
});
