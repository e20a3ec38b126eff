import { describe, expect, it } from "@jest/globals";
import { createMetrics } from "../../../../platform/metrics/metrics.ts";

const table = {
  sessions: {
    kind: "counter",
    name: "steward_test_sessions_total",
    help: "Sessions.",
    labels: { outcome: ["done", "failed"] },
  },
  models: { kind: "counter", name: "steward_test_models_total", help: "Models.", labels: { model: { atMost: 2 } } },
  live: { kind: "gauge", name: "steward_test_live", help: "Live." },
  time: {
    kind: "histogram",
    name: "steward_test_seconds",
    help: "Time.",
    labels: { outcome: ["done"] },
    buckets: [0.1, 1],
  },
} as const;

describe("metrics", () => {
  it("a table becomes handles whose values are rendered", async () => {
    const metrics = createMetrics({ processMetrics: false });
    const m = metrics.register(table);
    m.sessions.add({ outcome: "done" });
    m.sessions.add({ outcome: "done" }, 2);
    m.live.set(5);
    m.live.add(-2);
    m.time.observe({ outcome: "done" }, 0.5);
    const text = await metrics.render();
    expect(text).toContain('steward_test_sessions_total{outcome="done"} 3');
    expect(text).toContain("steward_test_live 3");
    expect(text).toContain('steward_test_seconds_bucket{le="1",outcome="done"} 1');
  });

  it("label values beyond the rule become other", async () => {
    const metrics = createMetrics({ processMetrics: false });
    const m = metrics.register(table);
    for (let i = 0; i < 100; i++) m.models.add({ model: `m${i}` });
    m.sessions.add({ outcome: "surprise" });
    const text = await metrics.render();
    expect(text).toContain('steward_test_models_total{model="other"} 98');
    expect(text.match(/^steward_test_models_total\{/gm)).toHaveLength(3);
    expect(text).toContain('steward_test_sessions_total{outcome="other"} 1');
  });

  it("a watched gauge is asked at each scrape and left out when it cannot tell", async () => {
    const metrics = createMetrics({ processMetrics: false });
    const answers = [async () => 7, async () => Promise.reject(new Error("down"))];
    metrics.watch("steward_test_waiting", "Waiting.", () => answers.shift()!());
    expect(await metrics.render()).toContain("steward_test_waiting 7");
    expect(await metrics.render()).not.toMatch(/^steward_test_waiting/m);
  });

  it("the process's own metrics come by default", async () => {
    expect(await createMetrics().render()).toContain("process_cpu_seconds_total");
  });
});
