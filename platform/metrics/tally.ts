import type { LabelRule, Labels } from "./definition.ts";

type Given = Readonly<Record<string, unknown>>;
export type LimitedLabels = Record<string, string>;

interface Series {
  readonly labels: LimitedLabels;
  value: number;
}

function limiterOf(rule: LabelRule): (value: string) => string {
  const isList = Array.isArray(rule);
  const seen = new Set<string>(isList ? (rule as readonly string[]) : []);
  const room = isList ? 0 : (rule as { atMost: number }).atMost;
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= room) return "other";
    seen.add(value);
    return value;
  };
}

/**
 * The series of one metric, in memory until a scrape asks for them: a session makes a dozen counts, and the library sorts
 * and hashes the labels of each. Arguments are as a handle gets them: `(labels, number)` or, without labels, `(number)`.
 */
export class Tally {
  readonly #names: readonly string[];
  readonly #limits: readonly ((value: string) => string)[];
  readonly #series = new Map<string, Series>();

  constructor(labels: Labels) {
    this.#names = Object.keys(labels);
    this.#limits = Object.values(labels).map(limiterOf);
  }

  /** `byDefault` when no amount is given. */
  add(given: readonly unknown[], byDefault: number): void {
    const series = this.#seriesOf(given);
    series.value += numberOf(given) ?? byDefault;
  }

  set(given: readonly unknown[]): void {
    this.#seriesOf(given).value = numberOf(given) ?? 0;
  }

  /** Hands on at once, labels limited. */
  pass(given: readonly unknown[], to: (labels: LimitedLabels, value: number) => void): void {
    to(this.#seriesOf(given).labels, numberOf(given) ?? 0);
  }

  each(read: (labels: LimitedLabels, value: number) => void): void {
    for (const { labels, value } of this.#series.values()) read(labels, value);
  }

  /** As `each`; counting begins anew. */
  take(read: (labels: LimitedLabels, value: number) => void): void {
    for (const series of this.#series.values()) {
      read(series.labels, series.value);
      series.value = 0;
    }
  }

  /** As many as the labels' rules allow, whatever values come. */
  #seriesOf(given: readonly unknown[]): Series {
    const labels = labelsOf(given);
    let key = "";
    for (let i = 0; i < this.#names.length; i++) key += `${this.#limits[i]!(String(labels?.[this.#names[i]!]))}\n`;
    let series = this.#series.get(key);
    if (series === undefined) {
      const limited = this.#names.map((name, i) => [name, this.#limits[i]!(String(labels?.[name]))] as const);
      series = { labels: Object.fromEntries(limited), value: 0 };
      this.#series.set(key, series);
    }
    return series;
  }
}

const labelsOf = ([first]: readonly unknown[]): Given | undefined =>
  typeof first === "object" && first !== null ? (first as Given) : undefined;

const numberOf = (given: readonly unknown[]): number | undefined =>
  (labelsOf(given) === undefined ? given[0] : given[1]) as number | undefined;
