import { evidenceOf } from "../../datamodels/evidence.ts";
import { KnownTree } from "../../datamodels/known-tree.ts";
import type { DataModel } from "../../datamodels/model.ts";
import { ModelSet } from "../../datamodels/model-set.ts";
import { type ModelChoice, selectModels } from "../../datamodels/selection.ts";
import { type Clock, type Instant, minutes } from "../../kernel/time.ts";
import type { DeviceDocument } from "../devices/model.ts";
import type { ParameterRecord } from "../parameters/model.ts";
import type { Models } from "./registry.ts";

/** How the known parameters of a device are read; the fleet's `parameters` is one. */
export interface ParameterReader {
  read(device: DeviceDocument, selectors: readonly string[]): Promise<ParameterRecord[]>;
}

/** The models that a device follows, and why each was chosen. */
export interface Followed {
  readonly models: ModelSet;
  readonly choices: readonly ModelChoice[];
}

const CHOICE_FOR = minutes(1);
const MAX_DEVICES = 20_000;
const MAX_SETS = 256;

interface Remembered {
  readonly key: string;
  readonly until: Instant;
  readonly choices: readonly ModelChoice[];
}

/** Chooses the models of devices, and keeps the choice for a while: what it rests on changes with the firmware. */
export class ModelFollowing {
  readonly #models: Models;
  readonly #parameters: () => ParameterReader;
  readonly #clock: Clock;
  readonly #choices = new Map<string, Remembered>();
  readonly #sets = new Map<string, { loaded: readonly DataModel[]; set: ModelSet }>();

  constructor(models: Models, parameters: () => ParameterReader, clock: Clock) {
    this.#models = models;
    this.#parameters = parameters;
    this.#clock = clock;
  }

  /** With the whole tree that is known of it. */
  async withTree(device: DeviceDocument): Promise<Followed & { known: KnownTree }> {
    const known = new KnownTree(await this.#parameters().read(device, []));
    const choices = await this.#choose(device, async () => known);
    return { known, choices, models: await this.#setOf(choices) };
  }

  async of(device: DeviceDocument): Promise<Followed> {
    const choices = await this.#choose(device, async () => new KnownTree(await this.#parameters().read(device, [])));
    return { choices, models: await this.#setOf(choices) };
  }

  async #choose(device: DeviceDocument, tree: () => Promise<KnownTree>): Promise<readonly ModelChoice[]> {
    const key = JSON.stringify([device.dataModels, device.softwareVersion, await this.#models.revision()]);
    const now = this.#clock.now();
    const remembered = this.#choices.get(device._id);
    if (remembered && remembered.key === key && remembered.until > now) return remembered.choices;
    const choices = selectModels(evidenceOf(await tree(), device.dataModels), await this.#models.candidates());
    if (this.#choices.size >= MAX_DEVICES) this.#choices.clear();
    this.#choices.set(device._id, { key, until: now + CHOICE_FOR, choices });
    return choices;
  }

  /** Devices of one kind share a set, and with it what the set remembers. */
  async #setOf(choices: readonly ModelChoice[]): Promise<ModelSet> {
    const loaded = (await Promise.all(choices.map(({ id }) => this.#models.get(id)))).filter(
      (model) => model !== undefined,
    );
    const key = choices.map(({ id }) => id).join("\n");
    const known = this.#sets.get(key);
    if (
      known &&
      known.loaded.length === loaded.length &&
      known.loaded.every((model, index) => model === loaded[index])
    ) {
      return known.set;
    }
    if (this.#sets.size >= MAX_SETS) this.#sets.clear();
    const set = new ModelSet(loaded);
    this.#sets.set(key, { loaded, set });
    return set;
  }
}
