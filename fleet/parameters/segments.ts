import { newId } from "../../kernel/ids.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Collection, Document, GatheredQuery } from "../../platform/store/port.ts";
import { encodePatch } from "./block.ts";
import type { ParameterPatch } from "./model.ts";
import type { PatchOrder } from "./order.ts";

/**
 * What is known of a device beside its overlay: one `base` (the tree as of its making, named by the device document's
 * `parameterBase`) and the patches since. Never changed once written.
 */
export interface SegmentDocument extends Document {
  deviceId: string;
  kind: "patch" | "base";
  createdAt: Instant;
  order: PatchOrder;
  rows: number;
  /** See parameters/block. */
  block: Uint8Array;
  /** Of a base: the patches that it contains; some may not be deleted yet. */
  merged?: string[];
}

export type Segments = Collection<SegmentDocument>;

const inOrder: GatheredQuery = { sort: { order: 1 } };

export const segmentsOf = (segments: Segments, deviceId: string): Promise<SegmentDocument[]> =>
  segments.gathered.findAllByKey(deviceId, "deviceId", inOrder);

export const patchSegment = (deviceId: string, patch: ParameterPatch, order: PatchOrder): SegmentDocument => ({
  _id: newId(patch.at),
  deviceId,
  kind: "patch",
  createdAt: patch.at,
  order,
  rows: patch.observations.length,
  block: encodePatch(patch),
});

export const baseSegment = (
  deviceId: string,
  now: Instant,
  base: { order: PatchOrder; rows: number; block: Uint8Array; merged: string[] },
): SegmentDocument => ({ _id: newId(now), deviceId, kind: "base", createdAt: now, ...base });
