import type { ParameterType } from "../kernel/value.ts";

/**
 * What a data model says (TR-106 Annex A), free of XML: flattened, imports and types resolved.
 * Paths are generic (`Device.WiFi.SSID.{i}.`); those of a service model start at its own root (`VoiceService.{i}.`).
 * Absent fields mean the schema's default.
 */
export interface ModelFacts {
  /** `Device:2.17`. */
  readonly name: string;
  readonly isService: boolean;
  /** URN of the document, e.g. `urn:broadband-forum-org:tr-181-2-17-0-cwmp`. */
  readonly spec: string;
  readonly file: string;
  /** The model that this one extends or narrows, when that is another model's name. */
  readonly base?: string;
  /** Set for what a device-type document leaves of a model. */
  readonly deviceType?: DeviceTypeFacts;
  readonly dataTypes: Readonly<Record<string, SyntaxFact>>;
  /** In document order. The object with the path `""` holds parameters of the model's root (`…NumberOfEntries` of a service). */
  readonly objects: readonly ObjectFact[];
  readonly profiles: readonly ProfileFact[];
}

export interface DeviceTypeFacts {
  readonly uri: string;
  readonly uuid: string;
  readonly features: readonly string[];
}

export type Status = "current" | "deprecated" | "obsoleted" | "deleted";

export interface ObjectFact {
  readonly path: string;
  /** `readWrite`: rows can be created and deleted. A device type may allow only one of both. */
  readonly access: "readOnly" | "readWrite" | "create" | "delete";
  readonly minEntries: number;
  /** Absent: unbounded. */
  readonly maxEntries?: number;
  readonly numEntriesParameter?: string;
  readonly enableParameter?: string;
  readonly discriminatorParameter?: string;
  readonly uniqueKeys: readonly UniqueKeyFact[];
  readonly status?: Status;
  readonly version?: string;
  readonly description?: string;
  readonly parameters: readonly ParameterFact[];
}

export interface UniqueKeyFact {
  /** A functional key holds only between enabled rows. */
  readonly functional: boolean;
  /** Relative to the row; may name a parameter of a sub-object. */
  readonly parameters: readonly string[];
}

export type ParameterAccess = "readOnly" | "readWrite" | "writeOnceReadOnly";
export type ActiveNotify = "normal" | "forceEnabled" | "forceDefaultEnabled" | "canDeny" | "willDeny";

export interface ParameterFact {
  readonly name: string;
  readonly access: ParameterAccess;
  readonly syntax: SyntaxFact;
  readonly activeNotify?: ActiveNotify;
  readonly forcedInform?: boolean;
  readonly status?: Status;
  readonly version?: string;
  readonly description?: string;
}

/** The meaning behind a string, which decides what counts as the same value. */
export type ValueFormat = "mac" | "ip" | "ipPrefix" | "uuid" | "eui64";

export interface SyntaxFact {
  readonly type: ParameterType;
  /** The named data type that it was made from. */
  readonly dataType?: string;
  readonly format?: ValueFormat;
  readonly list?: ListFact;
  /** Alternatives: a value fits when it fits one. In characters, or in bytes for base64 and hexBinary. */
  readonly sizes?: readonly SizeFact[];
  readonly ranges?: readonly RangeFact[];
  readonly enumeration?: readonly EnumerationFact[];
  /** XML Schema regular expressions, anchored, alternatives. */
  readonly patterns?: readonly string[];
  readonly enumerationRef?: EnumerationRefFact;
  readonly pathRef?: PathRefFact;
  readonly units?: string;
  readonly hidden?: boolean;
  readonly secured?: boolean;
  readonly command?: boolean;
  readonly default?: DefaultFact;
}

export interface SizeFact {
  readonly min?: number;
  readonly max?: number;
}

/** Bounds are decimal text: they may exceed what a JavaScript number holds. */
export interface RangeFact {
  readonly min?: string;
  readonly max?: string;
  readonly step?: string;
}

export interface EnumerationFact {
  readonly value: string;
  /** Only the device sets it. */
  readonly readOnly?: boolean;
  readonly optional?: boolean;
  readonly status?: Status;
}

export interface ListFact {
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Sizes of the whole text. */
  readonly sizes?: readonly SizeFact[];
  readonly nestedBrackets?: "permitted" | "required";
  /** Each item is a list itself, in brackets. */
  readonly inner?: ListFact;
}

export interface EnumerationRefFact {
  readonly targetParam: string;
  readonly nullValue?: string;
}

export interface PathRefFact {
  readonly strong?: boolean;
  /** As written: relative with `#` and leading dots. Empty: anywhere. */
  readonly targetParents: readonly string[];
  readonly targetType?: "row" | "object" | "parameter" | "any" | "single";
}

export interface DefaultFact {
  readonly type: "object" | "factory" | "implementation" | "parameter";
  readonly value: string;
}

export interface ProfileFact {
  /** `Baseline:1`. */
  readonly name: string;
  readonly base?: string;
  readonly extends?: readonly string[];
  readonly status?: Status;
  readonly version?: string;
  readonly objects: readonly ProfileObjectFact[];
}

export interface ProfileObjectFact {
  /** `""` for parameters of the model's root. */
  readonly path: string;
  readonly requirement: string;
  /** Name and requirement, which is `readOnly` when absent. */
  readonly parameters: readonly (readonly [name: string, requirement?: string])[];
}
