import type { WireValue } from "../../../acs/rpc/index.ts";
import type { ParameterType } from "../../../kernel/value.ts";
import { isStateOfDiagnostics } from "../diagnostics.ts";
import type { CpeTree } from "../tree.ts";

const integerRanges: Partial<Record<ParameterType, readonly [bigint, bigint]>> = {
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  unsignedInt: [0n, 2n ** 32n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  unsignedLong: [0n, 2n ** 64n - 1n],
};

/** Whether a value has a legal form of its type, as a CPE with an ordinary firmware checks it. */
function isLegal(type: ParameterType, value: string): boolean {
  const range = integerRanges[type];
  if (range !== undefined) return /^-?\d{1,20}$/.test(value) && BigInt(value) >= range[0] && BigInt(value) <= range[1];
  if (type === "boolean") return /^(?:0|1|true|false)$/.test(value);
  if (type === "dateTime") return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value);
  return true;
}

/** The fault that writing this value gets (TR-069 A.3.2.1), `undefined` for none. */
export function refusalOf(
  tree: CpeTree,
  name: string,
  { type, value }: WireValue,
  strict: boolean,
): number | undefined {
  const parameter = tree.get(name);
  if (parameter === undefined) return 9005;
  if (!parameter.writable) return 9008;
  if (strict && type !== undefined && type !== parameter.type) return 9006;
  if (!isLegal(parameter.type, value)) return 9007;
  if (isStateOfDiagnostics(name) && !/^(?:Requested|Canceled)$/.test(value)) return 9007;
  return undefined;
}
