import type { Clock } from "../../kernel/time.ts";
import type { Store } from "../../platform/store/port.ts";
import { ModelFollowing, type ParameterReader } from "./following.ts";
import type { ModeDocument, ModelDocument } from "./model.ts";
import { StoredModes, type ValidationModes } from "./modes.ts";
import type { PrepareImport } from "./prepare-import.ts";
import { type Models, StoredModels } from "./registry.ts";
import { type ModelKnowledge, ModelValidation } from "./validation-port.ts";

export type { Followed, ParameterReader } from "./following.ts";
export { prepareInThread } from "./import-thread.ts";
export type { ModelInfo } from "./model.ts";
export type { ModeRule, ValidationModes } from "./modes.ts";
export { importLimits, type Models } from "./registry.ts";
export { checkRequest, type ModelKnowledge } from "./validation-port.ts";

/** Their documents are found by id: no index is needed. */
export const modelCollections = { models: "dataModels", modes: "validationModes" } as const;

export interface ModelServices {
  readonly models: Models;
  readonly modes: ValidationModes;
  readonly following: ModelFollowing;
  /** The `ValidationPort` of the fleet, and what reads and writes ask about types. */
  readonly knowledge: ModelKnowledge;
}

/** `parameters` is asked for when first needed: the fleet that reads them is made with this validation. */
export function createModels({
  store,
  clock,
  parameters,
  prepareImport,
}: {
  store: Store;
  clock: Clock;
  parameters: () => ParameterReader;
  /** By default in the caller's own thread. */
  prepareImport?: PrepareImport;
}): ModelServices {
  const models = new StoredModels(store.collection<ModelDocument>(modelCollections.models), clock, prepareImport);
  const modes = new StoredModes(store.collection<ModeDocument>(modelCollections.modes), clock);
  const following = new ModelFollowing(models, parameters, clock);
  return { models, modes, following, knowledge: new ModelValidation(following, modes) };
}
