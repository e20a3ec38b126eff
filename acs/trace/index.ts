/** The messages of devices whose trace is switched on. */
export { createTrace, type TraceLimits } from "./store-trace.ts";
export type { Trace, TraceDirection, TraceEntry, TracePage } from "./trace.ts";
