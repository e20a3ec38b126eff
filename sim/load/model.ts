import type { ParameterType } from "../../kernel/value.ts";

/** A TR-181-shaped tree of exactly `size` parameters, spread over tables as on a gateway; the same for every CPE of a load. */
export interface LoadModel {
  readonly size: number;
  readonly parameters: readonly LoadParameter[];
  /** Objects with their last dot, parents first. */
  readonly objects: readonly string[];
}

export interface LoadParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly value: string;
  readonly writable: boolean;
}

const rows: readonly { table: string; leaves: readonly (readonly [string, ParameterType, string, boolean])[] }[] = [
  {
    table: "Device.WiFi.AccessPoint.1.AssociatedDevice",
    leaves: [
      ["MACAddress", "string", "02:00:5E:00:53:", false],
      ["SignalStrength", "int", "-61", false],
      ["LastDataDownlinkRate", "unsignedInt", "866700", false],
      ["LastDataUplinkRate", "unsignedInt", "780000", false],
      ["Active", "boolean", "true", false],
      ["Retransmissions", "unsignedInt", "17", false],
    ],
  },
  {
    table: "Device.Hosts.Host",
    leaves: [
      ["HostName", "string", "host-", false],
      ["IPAddress", "string", "192.0.2.", false],
      ["PhysAddress", "string", "02:00:5E:00:54:", false],
      ["AddressSource", "string", "DHCP", false],
      ["LeaseTimeRemaining", "int", "43200", false],
      ["Active", "boolean", "true", false],
      ["Layer1Interface", "string", "Device.Ethernet.Interface.1", false],
    ],
  },
  {
    table: "Device.NAT.PortMapping",
    leaves: [
      ["Enable", "boolean", "false", true],
      ["Alias", "string", "cpe-", true],
      ["ExternalPort", "unsignedInt", "8080", true],
      ["InternalPort", "unsignedInt", "80", true],
      ["Protocol", "string", "TCP", true],
      ["InternalClient", "string", "192.0.2.10", true],
      ["Description", "string", "mapping ", true],
    ],
  },
  {
    table: "Device.Ethernet.Interface",
    leaves: [
      ["Enable", "boolean", "true", true],
      ["Status", "string", "Up", false],
      ["Name", "string", "eth", false],
      ["MaxBitRate", "int", "1000", true],
      ["Stats.BytesSent", "unsignedLong", "18446744073709551", false],
      ["Stats.BytesReceived", "unsignedLong", "9007199254740993", false],
      ["Stats.ErrorsSent", "unsignedInt", "0", false],
    ],
  },
];

const base: readonly LoadParameter[] = [
  { name: "Device.RootDataModelVersion", type: "string", value: "2.17", writable: false },
  { name: "Device.DeviceInfo.HardwareVersion", type: "string", value: "1.0", writable: false },
  { name: "Device.DeviceInfo.SoftwareVersion", type: "string", value: "3.1.4", writable: false },
  { name: "Device.DeviceInfo.ProvisioningCode", type: "string", value: "", writable: true },
  { name: "Device.DeviceInfo.UpTime", type: "unsignedInt", value: "86400", writable: false },
  { name: "Device.ManagementServer.ParameterKey", type: "string", value: "", writable: false },
  {
    name: "Device.ManagementServer.ConnectionRequestURL",
    type: "string",
    value: "http://127.0.0.1:1/cr",
    writable: false,
  },
  { name: "Device.ManagementServer.PeriodicInformInterval", type: "unsignedInt", value: "3600", writable: true },
];

export function loadModel(size: number): LoadModel {
  const parameters: LoadParameter[] = [...base];
  for (let instance = 1; parameters.length < size; instance++)
    for (const { table, leaves } of rows)
      for (const [leaf, type, value, writable] of leaves) {
        if (parameters.length >= size) break;
        const exact = /[-:. ]$|^eth$/.test(value) ? `${value}${instance}` : value;
        parameters.push({ name: `${table}.${instance}.${leaf}`, type, value: exact, writable });
      }
  const objects = new Set<string>();
  for (const { name } of parameters)
    for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) objects.add(name.slice(0, dot + 1));
  return { size, parameters, objects: [...objects].sort() };
}
