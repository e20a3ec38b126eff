import type { CpeTree } from "../tree.ts";

/** The name that a CPE with `listed-but-invalid` lists and does not have. */
export const ghostOf = (tree: CpeTree): string => `${tree.model.root}DeviceInfo.X_Ghost`;
