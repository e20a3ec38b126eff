import { leafName } from "../../../kernel/path.ts";
import { type CpeContext, type Handler, type Refusal, refuse } from "./context.ts";
import { ghostOf } from "./ghost.ts";

/** Passwords read as nothing (TR-069 A.3.2.2). */
const isHidden = (name: string): boolean => /(?:Password|Passphrase|PreSharedKey)$/.test(leafName(name));

const LARGE = 20;
const HUGE = 500;

/** Full names that these paths stand for; refused as a whole when one of them does not exist. */
export function namesBelow(cpe: CpeContext, paths: readonly string[]): readonly string[] | Refusal {
  const found: string[] = [];
  for (const path of paths) {
    if (path !== "" && cpe.tree.get(path) === undefined && !cpe.tree.isObject(path)) return refuse(9005);
    for (const name of cpe.tree.below(path)) found.push(name);
  }
  return found;
}

export const getParameterValues: Handler<"GetParameterValues"> = (cpe, { ParameterNames }) => {
  const found = namesBelow(cpe, ParameterNames);
  if ("fault" in found) return found;
  if (cpe.has("listed-but-invalid") && ParameterNames.some((path) => ghostOf(cpe.tree).startsWith(path)))
    return refuse(9005);
  if (found.length > LARGE && cpe.has("small-answers")) return refuse(9004);
  if (found.length > LARGE && cpe.has("large-get-9002")) return refuse(9002);
  if (found.length > HUGE && cpe.has("large-get-reboot")) cpe.crash();
  const ordered = cpe.faultFor(found);
  if (ordered !== undefined) return refuse(ordered);
  return {
    ParameterList: found.map((name) => {
      const { type, value } = cpe.tree.get(name)!;
      return { Name: name, Value: { type, value: isHidden(name) ? "" : value } };
    }),
  };
};
