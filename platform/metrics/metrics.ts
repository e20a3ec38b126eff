import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { HandlesOf, MetricDefinition, MetricTable } from "./definition.ts";
import { Tally } from "./tally.ts";

export interface Metrics {
  /** Registers a table once; each entry becomes a handle: `m.sessions.add({ outcome: "done" })`. */
  register<const T extends MetricTable>(table: T): HandlesOf<T>;
  /** A gauge that is asked for its value at each scrape. A rejection leaves it out. */
  watch(name: `steward_${string}`, help: string, read: () => number | Promise<number>): void;
  /** The text that Prometheus reads. */
  render(): Promise<string>;
  readonly contentType: string;
}

function handleOf(definition: MetricDefinition, registry: Registry): Record<string, (...given: unknown[]) => void> {
  const tally = new Tally(definition.labels ?? {});
  const options = {
    name: definition.name,
    help: definition.help,
    labelNames: Object.keys(definition.labels ?? {}),
    registers: [registry],
  };
  if (definition.kind === "counter") {
    const counter: Counter = new Counter({
      ...options,
      collect: () => tally.take((labels, count) => counter.inc(labels, count)),
    });
    return { add: (...given) => tally.add(given, 1) };
  }
  if (definition.kind === "gauge") {
    const gauge: Gauge = new Gauge({
      ...options,
      collect: () => tally.each((labels, value) => gauge.set(labels, value)),
    });
    return { set: (...given) => tally.set(given), add: (...given) => tally.add(given, 0) };
  }
  const histogram = new Histogram({ ...options, buckets: [...definition.buckets] });
  return { observe: (...given) => tally.pass(given, (labels, value) => histogram.observe(labels, value)) };
}

/** A registry of its own. `processMetrics` adds those of the Node process (`process_…`, `nodejs_…`). */
export function createMetrics({ processMetrics = true }: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (processMetrics) collectDefaultMetrics({ register: registry });
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    register<const T extends MetricTable>(table: T) {
      const handles = Object.entries(table).map(([key, definition]) => [key, handleOf(definition, registry)]);
      return Object.fromEntries(handles) as HandlesOf<T>;
    },
    watch(name, help, read) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          try {
            gauge.set(await read());
          } catch {
            gauge.remove();
          }
        },
      });
    },
  };
}
