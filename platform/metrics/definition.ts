/**
 * A label takes a fixed list of values, or the first `atMost` values that turn up; whatever else comes is `other`, so
 * that a peer cannot make the number of series grow.
 */
export type LabelRule = readonly string[] | { readonly atMost: number };

interface Definition<L extends Readonly<Record<string, LabelRule>>> {
  readonly name: `steward_${string}`;
  readonly help: string;
  readonly labels?: L;
}

export type Labels = Readonly<Record<string, LabelRule>>;

export type MetricDefinition<L extends Labels = Labels> =
  | (Definition<L> & { readonly kind: "counter" })
  | (Definition<L> & { readonly kind: "gauge" })
  /** Buckets in the metric's unit; seconds for durations. */
  | (Definition<L> & { readonly kind: "histogram"; readonly buckets: readonly number[] });

export type MetricTable = Readonly<Record<string, MetricDefinition>>;

export type LabelValues<D> = D extends { readonly labels: infer L extends Labels }
  ? { readonly [K in keyof L]: L[K] extends readonly (infer V extends string)[] ? V | (string & {}) : string }
  : undefined;

type With<V> = V extends undefined ? [] : [labels: V];

export interface CounterHandle<V> {
  add(...given: [...With<V>, amount?: number]): void;
}
export interface GaugeHandle<V> {
  set(...given: [...With<V>, value: number]): void;
  add(...given: [...With<V>, amount: number]): void;
}
export interface HistogramHandle<V> {
  observe(...given: [...With<V>, value: number]): void;
}

export type HandleOf<D extends MetricDefinition> = D extends { readonly kind: "counter" }
  ? CounterHandle<LabelValues<D>>
  : D extends { readonly kind: "gauge" }
    ? GaugeHandle<LabelValues<D>>
    : HistogramHandle<LabelValues<D>>;

export type HandlesOf<T extends MetricTable> = { readonly [K in keyof T]: HandleOf<T[K]> };

/** For durations in seconds, from a millisecond to a minute. */
export const durationBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const;
