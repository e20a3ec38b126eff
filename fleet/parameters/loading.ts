import { StewardError } from "../../kernel/errors.ts";
import type { Collection } from "../../platform/store/port.ts";
import type { StoredDevice } from "../devices/stored.ts";
import { decodePatch, decodeTree } from "./block.ts";
import { patchesOf, readOverlay } from "./overlay.ts";
import { type SegmentDocument, type Segments, segmentsOf } from "./segments.ts";
import { applyPatch, type Tree } from "./tree.ts";
import { mergePaths } from "./tree-order.ts";

/** A device's parts, consistent with each other. */
export interface Parts {
  device: StoredDevice;
  base?: SegmentDocument;
  /** Patches that the base does not contain. */
  patches: SegmentDocument[];
  /** Segments that no longer count: contained in the base, or bases that never became or no longer are the current one. */
  leftovers: SegmentDocument[];
}

const TRIES = 8;

/**
 * Reads the device document and its segments. A compaction writes its base first, names it in the device document then
 * and deletes last; whoever meets it half-way sees a base that is not the named one, and looks again.
 */
export async function loadParts(
  devices: Collection<StoredDevice>,
  segments: Segments,
  deviceId: string,
): Promise<Parts | undefined> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const [device, found] = await Promise.all([devices.gathered.findByKey(deviceId), segmentsOf(segments, deviceId)]);
    if (device === undefined) return undefined;
    const base = found.find(({ _id }) => _id === device.parameterBase);
    if (device.parameterBase !== undefined && base === undefined) continue;
    const otherBase = found.some(({ kind, _id }) => kind === "base" && _id !== device.parameterBase);
    if (otherBase && (await devices.gathered.findByKey(deviceId))?.parameterBase !== device.parameterBase) continue;
    const merged = new Set(base?.merged);
    const counts = (segment: SegmentDocument): boolean => segment.kind === "patch" && !merged.has(segment._id);
    return {
      device,
      ...(base && { base }),
      patches: found.filter(counts),
      leftovers: found.filter((segment) => segment !== base && !counts(segment)),
    };
  }
  throw new StewardError("internal", "a device's parameters keep changing under the reader", { details: { deviceId } });
}

/** The merged tree, and its paths in tree order. */
export function treeOf({ device, base, patches }: Parts): { tree: Tree; paths: readonly string[] } {
  const tree: Tree = base === undefined ? new Map() : decodeTree(base.block);
  const based = [...tree.keys()];
  const newer = [
    ...patches.map(({ order, block }) => ({ order, patch: decodePatch(block) })),
    ...patchesOf(readOverlay(device.recent)),
  ].sort((a, b) => a.order - b.order);
  for (const { patch } of newer) applyPatch(tree, patch);
  return { tree, paths: pathsAfter(based, [...tree.keys()]) };
}

/** A tree keeps the order of its base; what is new stands behind it. */
function pathsAfter(based: readonly string[], now: readonly string[]): readonly string[] {
  let place = 0;
  let kept = 0;
  for (; kept < now.length; kept++) {
    while (place < based.length && based[place] !== now[kept]) place += 1;
    if (place === based.length) break;
  }
  return kept === now.length ? now : mergePaths(now.slice(0, kept), now.slice(kept));
}
