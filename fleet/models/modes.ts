import type { ValidationMode } from "../../datamodels/validation/rules.ts";
import { type Clock, type Instant, seconds } from "../../kernel/time.ts";
import type { Collection } from "../../platform/store/port.ts";
import type { DeviceDocument, DeviceIdentity } from "../devices/model.ts";
import type { ModeDocument } from "./model.ts";

export type DeviceModel = Pick<DeviceIdentity, "oui" | "productClass">;

export interface ModeRule extends DeviceModel {
  readonly mode: ValidationMode;
}

/** How strictly the writes of each device model are validated; `standard` where nothing is said. */
export interface ValidationModes {
  list(): Promise<ModeRule[]>;
  set(model: DeviceModel, mode: ValidationMode): Promise<void>;
  /** Back to the default. */
  clear(model: DeviceModel): Promise<boolean>;
  /** The device's own mode, else its model's, else `standard`. */
  of(device: Pick<DeviceDocument, "identity" | "validation">): Promise<ValidationMode>;
}

const FRESH_FOR = seconds(3);
const keyOf = ({ oui, productClass }: DeviceModel): string => `${oui}|${productClass}`;

export class StoredModes implements ValidationModes {
  readonly #documents: Collection<ModeDocument>;
  readonly #clock: Clock;
  #rules: Promise<ReadonlyMap<string, ValidationMode>> | undefined;
  #readAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(documents: Collection<ModeDocument>, clock: Clock) {
    this.#documents = documents;
    this.#clock = clock;
  }

  async list(): Promise<ModeRule[]> {
    const rules = await this.#documents.find({}, { sort: { _id: 1 } }).toArray();
    return rules.map(({ oui, productClass, mode }) => ({ oui, productClass, mode }));
  }

  async set({ oui, productClass }: DeviceModel, mode: ValidationMode): Promise<void> {
    const _id = keyOf({ oui, productClass });
    await this.#documents.replaceOne({ _id }, { _id, oui, productClass, mode }, { upsert: true });
    this.#rules = undefined;
  }

  async clear(model: DeviceModel): Promise<boolean> {
    const removed = await this.#documents.deleteOne({ _id: keyOf(model) });
    this.#rules = undefined;
    return removed > 0;
  }

  async of({ identity, validation }: Pick<DeviceDocument, "identity" | "validation">): Promise<ValidationMode> {
    if (validation) return validation;
    return (await this.#current()).get(keyOf(identity)) ?? "standard";
  }

  #current(): Promise<ReadonlyMap<string, ValidationMode>> {
    const now = this.#clock.now();
    if (this.#rules && now - this.#readAt < FRESH_FOR) return this.#rules;
    const reading = this.list().then((rules) => new Map(rules.map((rule) => [keyOf(rule), rule.mode])));
    this.#readAt = now;
    this.#rules = reading;
    reading.catch(() => {
      if (this.#rules === reading) this.#rules = undefined;
    });
    return reading;
  }
}
