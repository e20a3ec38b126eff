import { writeFileSync } from "node:fs";

/** One measured figure; `engine` names the store that it was measured on. */
export interface Row {
  bench: string;
  case: string;
  engine: string;
  metric: string;
  value: number;
  unit: string;
}

/** Of values in ascending order; 0 of none. */
export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.floor((sorted.length - 1) * q)] ?? 0;

const digits = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString("en") : value >= 10 ? value.toFixed(1) : value.toFixed(3);

/** A table for people. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.bench, row.case, row.engine, row.metric, digits(row.value), row.unit]);
  const all = [["bench", "case", "engine", "metric", "value", "unit"], ...cells];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((line) => line[column]!.length)));
  return all
    .map((line) =>
      line
        .map((cell, i) => (i === 4 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Prints the table and, after `--json FILE` on the command line, writes the rows there. */
export function report(rows: readonly Row[], argv: readonly string[] = process.argv): void {
  console.log(formatTable(rows));
  const flag = argv.indexOf("--json");
  const file = flag < 0 ? undefined : argv[flag + 1];
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
}
