import { genericPath, parentPath } from "../kernel/path.ts";
import type { KnownTree } from "./known-tree.ts";
import type { ModelEvidence } from "./selection.ts";

const MAX_OBJECTS = 5_000;

/** What a device's known values say about its models. `named`: what somebody or its first Inform recorded for it. */
export function evidenceOf(known: KnownTree, named: readonly string[] = []): ModelEvidence {
  const rootObject = rootOf(known);
  const value = (name: string) => known.get(`${rootObject ?? "Device."}${name}`)?.value;
  const version = value("RootDataModelVersion") ?? value("DeviceInfo.RootDataModelVersion");
  const summary = value("DeviceSummary");
  return {
    named,
    ...(rootObject === undefined ? {} : { rootObject }),
    ...(version === undefined ? {} : { rootDataModelVersion: version }),
    ...(summary === undefined ? {} : { deviceSummary: summary }),
    supportedDataModels: rootObject === undefined ? [] : supportedModels(known, rootObject),
    services: rootObject === undefined ? [] : servicesOf(known, rootObject),
    // Only asked for where nothing else tells.
    get seenObjects() {
      return objectsOf(known);
    },
  };
}

function servicesOf(known: KnownTree, root: string): string[] {
  const prefix = `${root}Services.`;
  const services = new Set<string>();
  for (const path of known.paths()) {
    const service = path.startsWith(prefix) && /^([^.]+)\.\d+\./.exec(path.slice(prefix.length))?.[1];
    if (service) services.add(service);
  }
  return [...services];
}

function objectsOf(known: KnownTree): string[] {
  const objects = new Set<string>();
  for (const path of known.paths()) {
    if (objects.size >= MAX_OBJECTS) break;
    objects.add(genericPath(parentPath(path)));
  }
  objects.delete("");
  return [...objects];
}

function rootOf(known: KnownTree): string | undefined {
  for (const path of known.paths()) {
    const root = path.slice(0, path.indexOf(".") + 1);
    if (root === "Device." || root === "InternetGatewayDevice.") return root;
  }
  return undefined;
}

function supportedModels(known: KnownTree, root: string): { urn?: string; uuid?: string; url?: string }[] {
  return known.rows(`${root}DeviceInfo.SupportedDataModel.`).map((row) => {
    const [urn, uuid, url] = [`${row}URN`, `${row}UUID`, `${row}URL`].map(
      (path) => known.get(path)?.value || undefined,
    );
    return { ...(urn ? { urn } : {}), ...(uuid ? { uuid } : {}), ...(url ? { url } : {}) };
  });
}
