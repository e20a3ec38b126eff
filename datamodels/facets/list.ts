import type { ListFact } from "../facts.ts";
import { decodeItem, innerList, splitList } from "../values/list.ts";
import { lazyIssue, type ValueCheck } from "./issue.ts";
import { sizeCheck } from "./text.ts";

/** The whole text, the number of items, and each item. */
export function listCheck(list: ListFact, item: ValueCheck): ValueCheck {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, sizes, inner } = list;
  const whole = sizes && sizeCheck(sizes, "list.size");
  const bounds = `${minItems}..${list.maxItems ?? ""}`;
  const count = lazyIssue("list.items", () => ({ rule: `list of ${bounds} items`, expected: `${bounds} items` }));
  const brackets = lazyIssue("list.brackets", () => ({
    rule: "nested list",
    expected: "items in matching square brackets",
  }));
  const each = inner ? nestedCheck(listCheck(inner, item), brackets) : protectedCheck(item);
  return (value) => {
    const tooLong = whole?.(value);
    if (tooLong) return tooLong;
    const items = splitList(value, list);
    if (!items) return brackets();
    if (items.length < minItems || items.length > maxItems) return count();
    for (const one of items) {
      const issue = each(one);
      if (issue) return issue;
    }
    return undefined;
  };
}

/** An item may be percent-encoded, or keep its commas in brackets. */
const protectedCheck =
  (check: ValueCheck): ValueCheck =>
  (item) => {
    const issue = check(decodeItem(item));
    const inside = issue && innerList(item);
    return inside === undefined ? issue : check(inside);
  };

const nestedCheck =
  (check: ValueCheck, brackets: () => ReturnType<ValueCheck>): ValueCheck =>
  (item) => {
    const inside = innerList(item);
    return inside === undefined ? brackets() : check(inside);
  };
