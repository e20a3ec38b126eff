import type { DeviceDocument } from "../../../fleet/devices/model.ts";
import { StewardError } from "../../../kernel/errors.ts";
import type { NbiServices } from "../../ports.ts";

/** The device, or `resource.notFound`. */
export async function requireDevice({ fleet }: NbiServices, id: string): Promise<DeviceDocument> {
  const device = await fleet.devices.get(id);
  if (device === undefined) throw new StewardError("resource.notFound", "there is no such device");
  return device;
}
