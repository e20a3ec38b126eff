import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { HandlesOf, LabelRule, MetricDefinition, MetricTable } from "./definition.ts";

export interface Metrics {
  /** Registers a table once; each entry becomes a handle: `m.sessions.add({ outcome: "done" })`. */
  register<const T extends MetricTable>(table: T): HandlesOf<T>;
  /** A gauge that is asked for its value at each scrape. A rejection leaves it out. */
  watch(name: `steward_${string}`, help: string, read: () => number | Promise<number>): void;
  /** The text that Prometheus reads. */
  render(): Promise<string>;
  readonly contentType: string;
}

type GivenLabels = Record<string, string>;
type Limiter = (given: GivenLabels) => GivenLabels;

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

function limiter(definition: MetricDefinition): Limiter {
  const limits = Object.entries(definition.labels ?? {}).map(([name, rule]) => [name, limiterOf(rule)] as const);
  return (given) => {
    const limited: GivenLabels = {};
    for (const [name, limit] of limits) limited[name] = limit(String(given[name]));
    return limited;
  };
}

/** `(labels, number)` or, for a metric without labels, `(number)`. */
function split(given: readonly unknown[], limit: Limiter): [GivenLabels, number | undefined] {
  const [first, second] = given;
  return typeof first === "object" && first !== null
    ? [limit(first as GivenLabels), second as number | undefined]
    : [{}, first as number | undefined];
}

function handleOf(definition: MetricDefinition, registry: Registry): Record<string, (...given: unknown[]) => void> {
  const limit = limiter(definition);
  const options = {
    name: definition.name,
    help: definition.help,
    labelNames: Object.keys(definition.labels ?? {}),
    registers: [registry],
  };
  if (definition.kind === "counter") {
    const counter = new Counter(options);
    return { add: (...given) => counter.inc(...split(given, limit)) };
  }
  if (definition.kind === "gauge") {
    const gauge = new Gauge(options);
    const call =
      (method: "set" | "inc") =>
      (...given: unknown[]) => {
        const [labels, value] = split(given, limit);
        gauge[method](labels, value ?? 0);
      };
    return { set: call("set"), add: call("inc") };
  }
  const histogram = new Histogram({ ...options, buckets: [...definition.buckets] });
  return {
    observe: (...given) => {
      const [labels, value] = split(given, limit);
      histogram.observe(labels, value ?? 0);
    },
  };
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
