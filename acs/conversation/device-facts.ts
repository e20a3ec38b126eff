import type { DeviceFacts } from "../../fleet/door.ts";
import type { ParameterObservation } from "../../fleet/parameters/model.ts";
import { seconds } from "../../kernel/time.ts";
import { isTrue } from "../../kernel/value.ts";

export type Root = "Device." | "InternetGatewayDevice.";
export const roots: readonly Root[] = ["Device.", "InternetGatewayDevice."];

type Writable<T> = { -readonly [K in keyof T]: T[K] };
export type Facts = Writable<DeviceFacts>;

export interface FactsDraft {
  facts: Facts;
  periodicInform?: boolean;
}

const MAX_FACT = 256;
export const factText = (value: string): string => value.slice(0, MAX_FACT).trim();

/** What single parameters tell of a device, wherever they are met; by their name without the root. */
export const factMeanings: Readonly<Record<string, (draft: FactsDraft, value: string) => void>> = {
  "DeviceInfo.HardwareVersion": ({ facts }, value) => {
    facts.hardwareVersion = value;
  },
  "DeviceInfo.SoftwareVersion": ({ facts }, value) => {
    facts.softwareVersion = value;
  },
  "DeviceInfo.ModelName": ({ facts }, value) => {
    facts.modelName = value;
  },
  "DeviceInfo.ProvisioningCode": ({ facts }, value) => {
    facts.provisioningCode = value;
  },
  "ManagementServer.PeriodicInformEnable": (draft, value) => {
    draft.periodicInform = isTrue(value);
  },
  "ManagementServer.PeriodicInformInterval": ({ facts }, value) => {
    const interval = Number(value);
    if (Number.isInteger(interval) && interval > 0 && interval <= 4_294_967_295)
      facts.informInterval = seconds(interval);
  },
};

const byPath: ReadonlyMap<string, (draft: FactsDraft, value: string) => void> = new Map(
  Object.entries(factMeanings).flatMap(([name, meaning]) => roots.map((root) => [`${root}${name}`, meaning] as const)),
);

/** The facts once all is told. */
export function factsOf({ facts, periodicInform }: FactsDraft): Facts {
  if (periodicInform === false) facts.informInterval = null;
  return facts;
}

/** Among values that were read: an Inform need not carry a device's interval or model name. `undefined`: none. */
export function factsAmong(observations: readonly ParameterObservation[]): Facts | undefined {
  let draft: FactsDraft | undefined;
  for (const { path, value } of observations) {
    const meaning = value === undefined ? undefined : byPath.get(path);
    if (meaning !== undefined) meaning((draft ??= { facts: {} }), factText(value!));
  }
  return draft && factsOf(draft);
}
