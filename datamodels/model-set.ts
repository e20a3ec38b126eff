import { genericPath, isObjectPath, parentPath } from "../kernel/path.ts";
import type { DataModel, ModelObject, ModelParameter } from "./model.ts";

const MAX_CACHED = 20_000;
const SERVICE = /^(?:Device|InternetGatewayDevice)\.Services\.(?=[^.])/;

/** The models that one device follows together: a root model and the services under its `Services.`. Takes concrete paths. */
export class ModelSet {
  readonly models: readonly DataModel[];
  readonly #root: DataModel | undefined;
  readonly #services: readonly DataModel[];
  readonly #objects = new Map<string, ModelObject | undefined>();

  constructor(models: readonly DataModel[]) {
    this.models = models;
    this.#root = models.find((model) => !model.isService);
    this.#services = models.filter((model) => model.isService);
  }

  get isEmpty(): boolean {
    return this.models.length === 0;
  }

  get root(): DataModel | undefined {
    return this.#root;
  }

  /** The object `Device.WiFi.SSID.1.` or `Device.WiFi.`; for a table without instance see `table`. */
  object(path: string): ModelObject | undefined {
    const known = this.#objects.get(path);
    if (known || this.#objects.has(path)) return known;
    if (this.#objects.size >= MAX_CACHED) this.#objects.clear();
    const found = this.#find(genericPath(path));
    this.#objects.set(path, found);
    return found;
  }

  /** What the rows of the table `Device.WiFi.SSID.` are. */
  table(path: string): ModelObject | undefined {
    return isObjectPath(path) ? this.#find(`${genericPath(path)}{i}.`) : undefined;
  }

  parameter(path: string): ModelParameter | undefined {
    const dot = path.lastIndexOf(".") + 1;
    const object = path.slice(0, dot);
    const name = path.slice(dot);
    return this.object(object)?.parameters.get(name) ?? this.#serviceCount(object, name);
  }

  #find(generic: string): ModelObject | undefined {
    const service = SERVICE.exec(generic);
    if (!service) return this.#root?.object(generic);
    const below = generic.slice(service[0].length);
    for (const model of this.#services) {
      const object = model.object(below);
      if (object) return object;
    }
    return this.#root?.object(generic);
  }

  /** `Device.Services.VoiceServiceNumberOfEntries` comes from the service's own model. */
  #serviceCount(object: string, name: string): ModelParameter | undefined {
    if (!object.endsWith(".Services.")) return undefined;
    for (const model of this.#services) {
      const found = model.object("")?.parameters.get(name);
      if (found) return found;
    }
    return undefined;
  }
}

/** A name that a vendor made (TR-106 §3.3): `X_00D09E_Name`, `X_EXAMPLE-COM_Name`, in any element. */
export const isVendorPath = (path: string): boolean => path.startsWith("X_") || path.includes(".X_");

/** Concrete path of the object where a model begins: `Device.` or `Device.Services.VoiceService.1.`. */
export function modelRootOf(path: string): string {
  const service = /^(?:Device|InternetGatewayDevice)\.Services\.[^.]+\.[^.]+\./.exec(path);
  return service ? service[0] : path.slice(0, path.indexOf(".") + 1);
}

/** The table of a row: `Device.WiFi.SSID.` of `Device.WiFi.SSID.1.`. */
export const tableOfRow = (row: string): string => parentPath(row);
