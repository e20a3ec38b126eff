import { parentPath } from "../../../kernel/path.ts";
import { type CpeContext, type Handler, refuse } from "./context.ts";
import { ghostOf } from "./ghost.ts";

/** TR-069 A.3.2.3: with NextLevel the direct children only, without it the path itself and all below. */
export const getParameterNames: Handler<"GetParameterNames"> = (cpe, { ParameterPath, NextLevel }) => {
  const { tree } = cpe;
  const isParameter = ParameterPath !== "" && !ParameterPath.endsWith(".");
  if (NextLevel && (isParameter || cpe.has("next-level-refused"))) return refuse(9003);
  if (cpe.has("no-root-names") && (ParameterPath === "" || ParameterPath === tree.model.root)) return refuse(9005);
  if (NextLevel && cpe.has("endless-names") && ParameterPath.includes("X_Again."))
    return answer(cpe, [`${ParameterPath}X_Again.`]);
  if (isParameter) return tree.get(ParameterPath) === undefined ? refuse(9005) : answer(cpe, [ParameterPath]);
  if (!tree.isObject(ParameterPath)) return refuse(9005);
  const nextOnly = NextLevel && !cpe.has("next-level-ignored");
  return answer(cpe, [
    ...(nextOnly ? tree.children(ParameterPath) : tree.walk(ParameterPath)),
    ...invented(cpe, ParameterPath, nextOnly),
  ]);
};

const answer = (cpe: CpeContext, names: readonly string[]) => ({
  ParameterList: names.map((Name) => ({ Name, Writable: cpe.tree.isWritable(Name) && !cpe.has("wrong-writable") })),
});

/** Names that only misbehaving CPEs list. */
function invented(cpe: CpeContext, path: string, nextOnly: boolean): string[] {
  const ghost = ghostOf(cpe.tree);
  const names: string[] = [];
  if (cpe.has("endless-names") && nextOnly && path !== "") names.push(`${path}X_Again.`);
  if (cpe.has("listed-but-invalid") && (nextOnly ? parentPath(ghost) === path : ghost.startsWith(path)))
    names.push(ghost);
  return names;
}
