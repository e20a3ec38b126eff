import { isTrue, type ParameterType } from "../kernel/value.ts";
import type { KnownTree } from "./known-tree.ts";
import type { ModelSet } from "./model-set.ts";
import { type CanonicalSyntax, canonicalSyntax, isSameValue, opacityOf } from "./values/canonical.ts";

/** How the value of one parameter is written and compared; JSON. */
export interface ValueTyping {
  /** For `xsi:type`: what the device reported, else the model's; absent when neither tells. */
  readonly type?: ParameterType;
  /** When a model has the parameter: which spellings mean the same value. */
  readonly syntax?: CanonicalSyntax;
  /** Reads back as a null value whatever it holds, and so is never compared. A command is carried out by every write of it. */
  readonly opaque?: "secret" | "command";
}

/** What device and model tell about the parameter at a concrete path. */
export function typingAt(models: ModelSet, known: KnownTree, path: string): ValueTyping {
  const syntax = models.parameter(path)?.syntax;
  const type = known.get(path)?.type ?? syntax?.type;
  const opaque = syntax && opacityOf(syntax);
  return {
    ...(type === undefined ? {} : { type }),
    ...(syntax === undefined ? {} : { syntax: canonicalSyntax(syntax) }),
    ...(opaque === undefined ? {} : { opaque }),
  };
}

/** What a device says a parameter holds. */
export interface SeenValue {
  readonly type?: ParameterType | undefined;
  readonly value: string;
}

/** Whether a device that says it holds `seen` holds `wanted`; `undefined` when what it says tells nothing. */
export function isHeld({ type, syntax, opaque }: ValueTyping, wanted: string, seen: SeenValue): boolean | undefined {
  if (opaque !== undefined) return undefined;
  const actual = seen.type ?? type ?? syntax?.type ?? "string";
  // The model's list or format means something only where the device agrees on the type.
  if (syntax?.type === actual) return isSameValue(syntax, wanted, seen.value);
  if (syntax?.type === "boolean" && actual === "string" && isFlag(wanted) && isFlag(seen.value)) {
    return isTrue(wanted) === isTrue(seen.value);
  }
  return isSameValue({ type: actual }, wanted, seen.value);
}

const isFlag = (text: string): boolean => /^(?:0|1|true|false)$/i.test(text.trim());
