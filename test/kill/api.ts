import type { StewardProcess } from "../../bench/steward.ts";

export interface OperationBody {
  id: string;
  deviceId: string;
  kind: string;
  state: string;
  attempt: number;
  request: Record<string, unknown>;
  result?: { path?: string };
  fault?: { code: string; message: string };
  completionDueAt?: string;
  nextAttemptAt?: string;
  finishedAt?: string;
  history: { at: string; state: string; note?: string }[];
}

export interface EventBody {
  type: string;
  deviceId?: string;
  operationId?: string;
  data: Record<string, unknown>;
}

export interface DeviceBody {
  id: string;
  identity: { serialNumber: string };
  contact?: { count: number };
  tags?: string[];
}

export const listDevices = (steward: StewardProcess): Promise<DeviceBody[]> =>
  steward.all<DeviceBody>("/api/v1/devices?limit=1000");

/** The status that the API refused with; `undefined` when there was no answer. */
export const refusal = (error: unknown): number | undefined => {
  const status = /: (\d{3})\b/.exec(error instanceof Error ? error.message : "")?.[1];
  return status === undefined ? undefined : Number(status);
};

/** A refusal that another try will not change. */
export const isFinal = (error: unknown): boolean => {
  const status = refusal(error);
  return status !== undefined && status < 500 && status !== 429;
};

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
