import { type Clock, minutes, seconds, type Timer } from "../../kernel/time.ts";
import type { Logger } from "../../platform/log/logger.ts";
import type { Collection } from "../../platform/store/port.ts";
import type { StoredDevice } from "../devices/stored.ts";
import { encodeTree } from "./block.ts";
import { loadParts, type Parts, treeOf } from "./loading.ts";
import { readOverlay } from "./overlay.ts";
import { baseSegment, type Segments } from "./segments.ts";

const limits = {
  /** From so many patches on, a compaction may pay … */
  patches: 8,
  /** … when they hold so many rows, and half as many as the base: so the whole work stays linear. */
  rows: 256,
  /** From so many patches on it is due whatever they hold. */
  manyPatches: 64,
  devicesRemembered: 10_000,
  tries: 4,
} as const;

/** A base that nobody has named for so long was left behind by a crash. */
const ABANDONED = minutes(10);

const SOON = seconds(3);

interface Growth {
  patches: number;
  rows: number;
  baseRows: number;
}

export const isDue = ({ patches, rows, baseRows }: Growth): boolean =>
  patches >= limits.manyPatches || (patches >= limits.patches && rows >= Math.max(limits.rows, baseRows / 2));

/** Folds a device's patches and overlay into one base, one device after the other, in the background. */
export class Compactor {
  readonly #devices: Collection<StoredDevice>;
  readonly #segments: Segments;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #growth = new Map<string, Growth>();
  readonly #wanted = new Set<string>();
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;

  constructor(parts: { devices: Collection<StoredDevice>; segments: Segments; clock: Clock; log: Logger }) {
    this.#devices = parts.devices;
    this.#segments = parts.segments;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** A patch was appended. What came before this process started counts only once somebody has read it (`noteParts`). */
  notePatch(deviceId: string, rows: number): void {
    const { patches, rows: before, baseRows } = this.#growth.get(deviceId) ?? { patches: 0, rows: 0, baseRows: 0 };
    this.#remember(deviceId, { patches: patches + 1, rows: before + rows, baseRows });
  }

  noteParts({ device, base, patches }: Parts): void {
    const rows = patches.reduce((sum, segment) => sum + segment.rows, 0);
    if (patches.length > 0) this.#remember(device._id, { patches: patches.length, rows, baseRows: base?.rows ?? 0 });
  }

  /** Compacts soon: what one conversation writes in many patches is folded once. */
  request(deviceId: string): void {
    this.#wanted.add(deviceId);
    this.#timer ??= this.#clock.after(SOON, () => this.#runWanted());
  }

  /** Does what is wanted at once; resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.#wanted.size > 0 || this.#running !== undefined) {
      this.#runWanted();
      await this.#running;
    }
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Resolves to whether there was anything to fold. Safe at any moment and in several processes at once. */
  async compact(deviceId: string): Promise<boolean> {
    for (let attempt = 0; attempt < limits.tries; attempt++) {
      const parts = await loadParts(this.#devices, this.#segments, deviceId);
      if (parts === undefined) return false;
      await this.#deleteLeftovers(parts);
      if (parts.patches.length === 0 && parts.device.recent === undefined) return false;
      if (await this.#switchBase(parts)) return true;
    }
    return false;
  }

  #remember(deviceId: string, growth: Growth): void {
    this.#growth.delete(deviceId);
    this.#growth.set(deviceId, growth);
    if (this.#growth.size > limits.devicesRemembered) this.#growth.delete(this.#growth.keys().next().value!);
    if (isDue(growth)) this.request(deviceId);
  }

  #runWanted(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    for (const deviceId of this.#wanted) {
      this.#wanted.delete(deviceId);
      try {
        await this.compact(deviceId);
      } catch (error) {
        this.#log.warn({ deviceId, error }, "parameters could not be compacted; they stay as they are");
      }
    }
    this.#running = undefined;
  }

  /** The base becomes the current one only if no contact came between; otherwise it is taken back. */
  async #switchBase(parts: Parts): Promise<boolean> {
    const { device, base, patches } = parts;
    const { tree, paths } = treeOf(parts);
    const orders = [
      base?.order ?? 0,
      ...patches.map(({ order }) => order),
      ...readOverlay(device.recent).map(([order]) => order),
    ];
    const next = baseSegment(device._id, this.#clock.now(), {
      order: Math.max(...orders),
      rows: paths.length,
      block: encodeTree(tree, paths),
      merged: patches.map(({ _id }) => _id),
    });
    await this.#segments.insertOne(next);
    const switched = await this.#devices.gathered.updateById(
      device._id,
      { $set: { parameterBase: next._id, revision: device.revision + 1 }, $unset: { recent: true } },
      { revision: device.revision },
    );
    if (!switched) {
      await this.#segments.deleteOne({ _id: next._id });
      return false;
    }
    this.#growth.set(device._id, { patches: 0, rows: 0, baseRows: next.rows });
    await this.#delete([...(base ? [base._id] : []), ...next.merged!]);
    return true;
  }

  async #deleteLeftovers({ leftovers }: Parts): Promise<void> {
    const before = this.#clock.now() - ABANDONED;
    const gone = leftovers.filter(({ kind, createdAt }) => kind === "patch" || createdAt < before);
    await this.#delete(gone.map(({ _id }) => _id));
  }

  async #delete(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#segments.deleteMany({ _id: { $in: ids } });
  }
}
