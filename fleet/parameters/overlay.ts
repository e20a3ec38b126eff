import type { Instant } from "../../kernel/time.ts";
import { NO_TYPE, sourceCode, sourceOf, typeCode, typeOf } from "./columns.ts";
import type { ParameterObservation, ParameterPatch } from "./model.ts";
import type { PatchOrder } from "./order.ts";

/**
 * The latest values of small patches, as text inside the device document: what an Inform carries costs what it carries.
 * Groups in the order in which they apply; a path stands in one group, or in a second one that tells its type.
 */
export type Overlay = OverlayGroup[];

type OverlayGroup = [order: PatchOrder, at: Instant, source: number, unconfirmed: 0 | 1, entries: OverlayEntries];
/** Flat: path, type, value, path, type, value, … */
type OverlayEntries = (string | number | null)[];

export const overlayLimits = {
  /** Observations of one patch; larger ones become a segment. */
  patch: 64,
  /** Entries altogether. */
  entries: 200,
  /** Characters of the text. */
  text: 16_384,
} as const;

export const readOverlay = (text: string | undefined): Overlay =>
  text === undefined ? [] : (JSON.parse(text) as Overlay);

/** Only values: whatever removes, completes or carries attributes becomes a segment. */
export function fitsOverlay({ observations, complete, removed, source, unconfirmed }: ParameterPatch): boolean {
  if (observations.length > overlayLimits.patch || complete?.length || removed?.length) return false;
  const secretsWritten = source === "written" && unconfirmed === true;
  return observations.every(
    (seen) =>
      (seen.value !== undefined || secretsWritten) &&
      seen.writable === undefined &&
      seen.notification === undefined &&
      seen.accessList === undefined,
  );
}

/** The overlay's text with a patch on top; `undefined` when that would be too large. */
export function addToOverlay(overlay: Overlay, patch: ParameterPatch, order: PatchOrder): string | undefined {
  const again = sameAgain(overlay, patch, order);
  if (again !== undefined) return again;
  const added = new Map<string, OverlayEntries>();
  for (const { path, type, value } of patch.observations) added.set(path, [path, typeCode(type), value ?? null]);
  const kept: Overlay = [];
  let count = added.size;
  for (const [groupOrder, at, source, unconfirmed, entries] of overlay) {
    const rest = withoutThese(entries, added);
    if (rest.length > 0) kept.push([groupOrder, at, source, unconfirmed, rest]);
    count += rest.length / 3;
  }
  if (count > overlayLimits.entries) return undefined;
  kept.push([
    order,
    patch.at,
    sourceCode(patch.source),
    patch.unconfirmed === true ? 1 : 0,
    [...added.values()].flat(),
  ]);
  const text = JSON.stringify(kept);
  return text.length > overlayLimits.text ? undefined : text;
}

/** The common case: a device tells of the parameters of which it told before, and of nothing else. */
function sameAgain(overlay: Overlay, patch: ParameterPatch, order: PatchOrder): string | undefined {
  const { observations, at, source, unconfirmed } = patch;
  const group = overlay[0];
  if (overlay.length !== 1 || group === undefined || group[4].length !== observations.length * 3) return undefined;
  const before = group[4];
  const entries: OverlayEntries = [];
  for (const { path, type, value } of observations) {
    const place = entries.length;
    const code = typeCode(type);
    if (before[place] !== path || (code === NO_TYPE && before[place + 1] !== NO_TYPE)) return undefined;
    entries.push(path, code, value ?? null);
  }
  const text = JSON.stringify([[order, at, sourceCode(source), unconfirmed === true ? 1 : 0, entries]]);
  return text.length > overlayLimits.text ? undefined : text;
}

/** What stays of a group: an entry that tells the type stays below one that does not. */
function withoutThese(entries: OverlayEntries, added: ReadonlyMap<string, OverlayEntries>): OverlayEntries {
  const rest: OverlayEntries = [];
  for (let i = 0; i < entries.length; i += 3) {
    const later = added.get(entries[i] as string);
    const replaced = later !== undefined && (later[1] !== NO_TYPE || entries[i + 1] === NO_TYPE);
    if (!replaced) rest.push(entries[i]!, entries[i + 1]!, entries[i + 2]!);
  }
  return rest;
}

export interface OrderedPatch {
  order: PatchOrder;
  patch: ParameterPatch;
}

export const patchesOf = (overlay: Overlay): OrderedPatch[] =>
  overlay.map(([order, at, source, unconfirmed, entries]) => ({
    order,
    patch: { at, source: sourceOf(source), unconfirmed: unconfirmed === 1, observations: observationsOf(entries) },
  }));

function observationsOf(entries: OverlayEntries): ParameterObservation[] {
  const observations: ParameterObservation[] = [];
  for (let i = 0; i < entries.length; i += 3) {
    const type = typeOf(entries[i + 1] as number);
    const value = entries[i + 2] as string | null;
    observations.push({
      path: entries[i] as string,
      ...(type !== undefined && { type }),
      ...(value !== null && { value }),
    });
  }
  return observations;
}
