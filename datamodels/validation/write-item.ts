import type { ParameterType } from "../../kernel/value.ts";

export interface WriteItem {
  readonly path: string;
  /** Lexical form. */
  readonly value: string;
  /** Given to overrule what the device and the model say. */
  readonly type?: ParameterType;
}
