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
export function addToOverlay(before: string | undefined, patch: ParameterPatch, order: PatchOrder): string | undefined {
  const text = toldAgain(before, patch, order) ?? withPatch(readOverlay(before), patch, order);
  return text === undefined || text.length > overlayLimits.text ? undefined : text;
}

function withPatch(overlay: Overlay, patch: ParameterPatch, order: PatchOrder): string | undefined {
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
  kept.push([...headOf(patch, order), [...added.values()].flat()]);
  return JSON.stringify(kept);
}

const headOf = ({ at, source, unconfirmed }: ParameterPatch, order: PatchOrder) =>
  [order, at, sourceCode(source), unconfirmed === true ? 1 : 0] as const;

const UNTYPED = `,${NO_TYPE},`;

/**
 * The common case: a device says again what it said before, and its group is moved to the end without reading the others.
 * Within a JSON string every quote has a backslash before it; entries are therefore found only where they are entries.
 */
function toldAgain(before: string | undefined, patch: ParameterPatch, order: PatchOrder): string | undefined {
  if (before === undefined || patch.observations.length === 0 || before.includes(UNTYPED)) return undefined;
  const entries = JSON.stringify(
    patch.observations.flatMap(({ path, type, value }) => [path, typeCode(type), value ?? null]),
  );
  const found = before.indexOf(`,${entries}]`);
  if (found < 0) return undefined;
  const earlier = before.slice(1, before.lastIndexOf("[", found));
  const later = before.slice(found + entries.length + 3, -1);
  return `[${earlier}${later === "" ? "" : `${later},`}[${headOf(patch, order).join(",")},${entries}]]`;
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
