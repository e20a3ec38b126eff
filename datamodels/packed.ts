import type { DeviceTypeFacts, ProfileFact, SyntaxFact, UniqueKeyFact } from "./facts.ts";

/**
 * A model as it is stored and shipped: JSON, every distinct syntax once, everything that is the default left out.
 * `pack.ts` makes it, `model.ts` reads it in place: an object's parameters become objects when somebody asks for them.
 */
export interface PackedModel {
  readonly format: 1;
  readonly name: string;
  readonly isService?: true;
  readonly spec: string;
  readonly file: string;
  readonly base?: string;
  readonly deviceType?: DeviceTypeFacts;
  readonly syntaxes: readonly SyntaxFact[];
  /** Named data types by their place in `syntaxes`. */
  readonly dataTypes: Readonly<Record<string, number>>;
  readonly objects: readonly PackedObject[];
  readonly profiles: readonly PackedProfile[];
}

export interface PackedObject {
  readonly path: string;
  readonly access?: "readWrite" | "create" | "delete";
  /** By default 1. */
  readonly min?: number;
  /** By default 1; 0 for unbounded. */
  readonly max?: number;
  readonly count?: string;
  readonly enable?: string;
  readonly discriminator?: string;
  readonly keys?: readonly UniqueKeyFact[];
  readonly status?: string;
  readonly version?: string;
  readonly text?: string;
  /** Three places per parameter: name, flags (see `parameterFlags`), place in `syntaxes`. */
  readonly parameters: readonly (string | number)[];
  /** Versions that differ from the object's, by name of the parameter. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly texts?: Readonly<Record<string, string>>;
}

export type PackedProfile = Omit<ProfileFact, "objects"> & {
  /** Path, requirement, then names of parameters; a name followed by `!` and a requirement when that is not `readOnly`. */
  readonly objects: readonly (readonly string[])[];
};

export const accesses = ["readOnly", "readWrite", "writeOnceReadOnly"] as const;
export const notifies = ["normal", "forceEnabled", "forceDefaultEnabled", "canDeny", "willDeny"] as const;
export const statuses = ["current", "deprecated", "obsoleted", "deleted"] as const;
/** Bits of a parameter's flags: where each part begins. */
export const parameterFlags = { access: 0, notify: 2, status: 5, forcedInform: 7 } as const;
