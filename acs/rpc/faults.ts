export interface ParameterFault {
  parameterName: string;
  faultCode: number;
  faultString: string;
}

export interface CwmpFault {
  faultCode: number;
  faultString: string;
  soapFaultCode: "Client" | "Server";
  /** Of SetParameterValues: one per refused parameter. */
  parameterFaults: ParameterFault[];
}

/**
 * What an ACS does about a CPE's fault. `backOff`: the same again, later; `shrink`: the same in smaller pieces; `rediscover`:
 * the names have changed; `retype`: once more with the type that the CPE reports; `permanent`: a person must look;
 * `satisfied`: what was wanted is already so; `downgrade`: the CPE lacks the capability.
 */
export type FaultAdvice = "backOff" | "shrink" | "rediscover" | "retype" | "permanent" | "satisfied" | "downgrade";

export interface FaultEntry {
  readonly name: string;
  readonly soap: "Client" | "Server";
  readonly meaning: string;
  readonly advice: FaultAdvice;
}

const entry = (name: string, soap: "Client" | "Server", advice: FaultAdvice, meaning: string): FaultEntry => ({
  name,
  soap,
  advice,
  meaning,
});

/** TR-069 A.5.1 (CPE) and A.5.2 (ACS). */
export const faults = {
  9000: entry("methodNotSupported", "Server", "downgrade", "Method not supported"),
  9001: entry("requestDenied", "Server", "permanent", "Request denied"),
  9002: entry("internalError", "Server", "backOff", "Internal error"),
  9003: entry("invalidArguments", "Client", "permanent", "Invalid arguments"),
  9004: entry("resourcesExceeded", "Server", "shrink", "Resources exceeded"),
  9005: entry("invalidParameterName", "Client", "rediscover", "Invalid parameter name"),
  9006: entry("invalidParameterType", "Client", "retype", "Invalid parameter type"),
  9007: entry("invalidParameterValue", "Client", "permanent", "Invalid parameter value"),
  9008: entry("nonWritableParameter", "Client", "permanent", "Attempt to set a non-writable parameter"),
  9009: entry("notificationRejected", "Server", "downgrade", "Notification request rejected"),
  9010: entry("transferFailed", "Server", "backOff", "File transfer failure"),
  9011: entry("uploadFailed", "Server", "backOff", "Upload failure"),
  9012: entry("fileServerAuthentication", "Server", "permanent", "File transfer server authentication failure"),
  9013: entry("unsupportedTransferProtocol", "Server", "permanent", "Unsupported protocol for file transfer"),
  9014: entry("cannotJoinMulticast", "Server", "backOff", "File transfer failure: unable to join multicast group"),
  9015: entry("cannotContactFileServer", "Server", "backOff", "File transfer failure: unable to contact file server"),
  9016: entry("cannotAccessFile", "Server", "backOff", "File transfer failure: unable to access file"),
  9017: entry("cannotCompleteDownload", "Server", "backOff", "File transfer failure: unable to complete download"),
  9018: entry("fileCorrupted", "Server", "permanent", "File transfer failure: file corrupted or otherwise unusable"),
  9019: entry("fileSignature", "Server", "permanent", "File transfer failure: file authentication failure"),
  9020: entry("outsideTimeWindows", "Server", "backOff", "File transfer failure: not possible within the time windows"),
  9021: entry("cannotCancel", "Server", "permanent", "Cancelling the transfer is not permitted in its present state"),
  9022: entry("invalidUuid", "Server", "permanent", "Invalid UUID format"),
  9023: entry("unknownExecutionEnvironment", "Server", "rediscover", "Unknown execution environment"),
  9024: entry("disabledExecutionEnvironment", "Server", "permanent", "Disabled execution environment"),
  9025: entry("executionEnvironmentMismatch", "Server", "permanent", "Deployment unit does not fit the environment"),
  9026: entry("duplicateDeploymentUnit", "Server", "satisfied", "Duplicate deployment unit"),
  9027: entry("systemResourcesExceeded", "Server", "backOff", "System resources exceeded"),
  9028: entry("unknownDeploymentUnit", "Server", "rediscover", "Unknown deployment unit"),
  9029: entry("deploymentUnitState", "Server", "backOff", "The deployment unit's state forbids the operation"),
  9030: entry("downgradeNotPermitted", "Server", "permanent", "Update would be a downgrade, which is not permitted"),
  9031: entry("versionNotSpecified", "Server", "permanent", "Update needs a version"),
  9032: entry("versionExists", "Server", "satisfied", "Update to a version that exists already"),
  8000: entry("acsMethodNotSupported", "Server", "downgrade", "Method not supported"),
  8001: entry("acsRequestDenied", "Server", "permanent", "Request denied"),
  8002: entry("acsInternalError", "Server", "backOff", "Internal error"),
  8003: entry("acsInvalidArguments", "Client", "permanent", "Invalid arguments"),
  8004: entry("acsResourcesExceeded", "Server", "backOff", "Resources exceeded"),
  8005: entry("acsRetryRequest", "Server", "backOff", "Retry request"),
  8006: entry("acsVersionIncompatible", "Server", "permanent", "ACS version incompatible with CPE"),
} as const satisfies Record<number, FaultEntry>;

export type KnownFaultCode = keyof typeof faults;

export const isKnownFaultCode = (code: number): code is KnownFaultCode => Object.hasOwn(faults, code);

/** The entry of a known code; for reserved and vendor codes one that says so. */
export function faultEntry(code: number): FaultEntry {
  if (isKnownFaultCode(code)) return faults[code];
  const vendor = (code >= 9800 && code <= 9899) || (code >= 8800 && code <= 8899);
  return entry(
    vendor ? "vendor" : "reserved",
    "Server",
    "permanent",
    `${vendor ? "Vendor" : "Reserved"} fault ${code}`,
  );
}

export const fault = (code: number, text?: string, parameterFaults: ParameterFault[] = []): CwmpFault => ({
  faultCode: code,
  faultString: text ?? faultEntry(code).meaning,
  soapFaultCode: faultEntry(code).soap,
  parameterFaults,
});
