import { shippedModel, shippedModels } from "../../datamodels/shipped.ts";
import { deviceTree } from "../../datamodels/tree.ts";
import type { CpeModel, ModelParameter } from "./model.ts";

/** The shipped data models that a CPE can have as its root, e.g. `Device:2.17`. */
export const rootModelNames = (): string[] =>
  shippedModels()
    .filter(({ isService }) => !isService)
    .map(({ name }) => name);

const models = new Map<string, CpeModel>();

/**
 * A CPE that has everything a shipped data model describes, with plausible values and one row per table; with `size`,
 * cut or grown to exactly so many parameters (but never fewer than it needs to be managed). The same call gives the same model.
 */
export function loadDataModel(name: string, size = 0): CpeModel {
  const key = `${name} ${size}`;
  let model = models.get(key);
  if (model === undefined) {
    model = buildFrom(name, size);
    models.set(key, model);
  }
  return model;
}

function buildFrom(name: string, size: number): CpeModel {
  const facts = shippedModel(name);
  if (facts === undefined || facts.isService) throw new TypeError(`no shipped root data model is called ${name}`);
  const root = facts.family === "Device" ? "Device." : "InternetGatewayDevice.";
  const kind = {
    name,
    root,
    manufacturer: "Steward",
    oui: "00D0FD",
    productClass: `Sim-${name.replace(":", "-")}`,
    softwareVersion: "1.0.0",
  } as const;
  const needed = neededOf(kind, facts.version);
  const whole = deviceTree(facts, { size });
  const parameters = new Map<string, ModelParameter>(needed);
  for (const [path, parameter] of whole.parameters) {
    if (size > 0 && parameters.size >= size) break;
    if (!parameters.has(path)) parameters.set(path, parameter);
  }
  return { ...kind, parameters, tables: whole.tables };
}

const readOnly = (value: string): ModelParameter => ({ type: "string", value, writable: false });
const writable = (type: ModelParameter["type"], value: string): ModelParameter => ({ type, value, writable: true });

/** What a CPE itself obeys or reports, with values that make sense together. */
function neededOf(kind: Omit<CpeModel, "parameters" | "tables">, version: string): [string, ModelParameter][] {
  const { root, manufacturer, oui, productClass, softwareVersion } = kind;
  const isSecond = root === "Device." && version.startsWith("2.");
  const needed: Readonly<Record<string, ModelParameter>> = {
    ...(isSecond
      ? { RootDataModelVersion: readOnly(version) }
      : { DeviceSummary: readOnly(`${kind.name}[](Baseline:1)`) }),
    "DeviceInfo.Manufacturer": readOnly(manufacturer),
    "DeviceInfo.ManufacturerOUI": readOnly(oui),
    "DeviceInfo.ProductClass": readOnly(productClass),
    "DeviceInfo.SerialNumber": readOnly(""),
    "DeviceInfo.HardwareVersion": readOnly("A1"),
    "DeviceInfo.SoftwareVersion": readOnly(softwareVersion),
    "DeviceInfo.ProvisioningCode": writable("string", ""),
    "DeviceInfo.UpTime": { type: "unsignedInt", value: "0", writable: false },
    "ManagementServer.URL": writable("string", ""),
    "ManagementServer.PeriodicInformEnable": writable("boolean", "true"),
    "ManagementServer.PeriodicInformInterval": writable("unsignedInt", "300"),
    "ManagementServer.ParameterKey": readOnly(""),
    "ManagementServer.ConnectionRequestURL": readOnly(""),
    "ManagementServer.ConnectionRequestUsername": writable("string", ""),
    "ManagementServer.ConnectionRequestPassword": writable("string", ""),
  };
  return Object.entries(needed).map(([leaf, parameter]) => [root + leaf, parameter]);
}
