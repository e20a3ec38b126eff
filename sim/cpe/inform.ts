import type { RequestMessage } from "../../acs/rpc/index.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Character } from "./character.ts";
import type { CpeDevice } from "./device.ts";
import type { Outbox } from "./outbox.ts";
import { wireTime } from "./state.ts";

/** In every Inform (specs/cwmp.md §2.2), as far as the CPE has them. */
const forced = [
  "RootDataModelVersion",
  "DeviceSummary",
  "DeviceInfo.SpecVersion",
  "DeviceInfo.HardwareVersion",
  "DeviceInfo.SoftwareVersion",
  "DeviceInfo.ProvisioningCode",
  "ManagementServer.ConnectionRequestURL",
  "ManagementServer.ParameterKey",
  "ManagementServer.AliasBasedAddressing",
  "LAN.IPAddress",
  "WANDevice.1.WANConnectionDevice.1.WANIPConnection.1.ExternalIPAddress",
] as const;

/** The Inform that would be sent now (TR-069 A.3.3.1). */
export function informNow(
  device: CpeDevice,
  outbox: Outbox,
  { character, retryCount, now }: { character: Character; retryCount: number; now: Instant },
): RequestMessage<"Inform"> {
  device.refresh(now);
  const { model, serialNumber, tree } = device;
  const names = new Set([...forced.map((leaf) => model.root + leaf), ...outbox.changed]);
  return {
    kind: "request",
    name: "Inform",
    body: {
      DeviceId: {
        Manufacturer: model.manufacturer,
        OUI: model.oui,
        ProductClass: model.productClass,
        SerialNumber: serialNumber,
      },
      Event: character.events(
        outbox.events.map(({ code, commandKey }) => ({ EventCode: code, CommandKey: commandKey })),
      ),
      MaxEnvelopes: 1,
      CurrentTime: wireTime(now),
      RetryCount: retryCount,
      ParameterList: [...names].flatMap((Name) => {
        const parameter = tree.get(Name);
        return parameter === undefined ? [] : [{ Name, Value: { type: parameter.type, value: parameter.value } }];
      }),
    },
  };
}
