import type { FilterNode } from "../../../../kernel/filter/index.ts";

/** The same filter as if nobody had written it down. */
export function withoutSpans(node: FilterNode): FilterNode {
  switch (node.kind) {
    case "and":
    case "or":
      return { kind: node.kind, nodes: node.nodes.map(withoutSpans) };
    case "not":
      return { kind: "not", node: withoutSpans(node.node) };
    default: {
      const { span: _, ...term } = node;
      return term;
    }
  }
}
