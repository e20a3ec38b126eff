/** What a value can break by itself, without the device. */
export type ValueCode =
  | "type.lexical"
  | "type.format"
  | "dateTime.zone"
  | "range"
  | "size"
  | "size.unstated"
  | "enumeration"
  | "enumeration.vendor"
  | "enumeration.readOnly"
  | "enumeration.status"
  | "pattern"
  | "list.items"
  | "list.size"
  | "list.brackets";

export interface ValueIssue {
  readonly code: ValueCode;
  /** The rule in words, e.g. `range 1..65535`. */
  readonly rule: string;
  readonly expected: string;
}

/** Checks one value. `undefined`: it fits. */
export type ValueCheck = (value: string) => ValueIssue | undefined;

/** An issue whose words are only put together when it first occurs. */
export function lazyIssue(code: ValueCode, words: () => { rule: string; expected: string }): () => ValueIssue {
  let issue: ValueIssue | undefined;
  return () => {
    issue ??= { code, ...words() };
    return issue;
  };
}

/** The first check that objects decides. */
export function allOf(checks: readonly ValueCheck[]): ValueCheck {
  const [first, second, ...more] = checks;
  if (!first) return () => undefined;
  if (!second) return first;
  if (more.length === 0) return (value) => first(value) ?? second(value);
  return (value) => {
    for (const check of checks) {
      const issue = check(value);
      if (issue) return issue;
    }
    return undefined;
  };
}
