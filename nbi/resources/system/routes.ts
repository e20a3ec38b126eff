import { StewardError } from "../../../kernel/errors.ts";
import { maskFields } from "../../../platform/log/mask.ts";
import { defined } from "../../http/defined.ts";
import { isoOf, toIso } from "../../http/instant.ts";
import { noContent, ok, route } from "../../http/route.ts";
import { DEFAULT_LIMIT } from "../../http/schema.ts";
import { canOf } from "../../policy.ts";
import type { InspectedQueue, NbiServices } from "../../ports.ts";
import { systemPolicy } from "./policy.ts";
import { failedJobList, failedJobQuery, healthSchema, jobId, queueList, queueName } from "./schema.ts";

function requireQueue({ queues }: NbiServices, name: string): InspectedQueue {
  const queue = queues.find((candidate) => candidate.name === name);
  if (queue === undefined) throw new StewardError("resource.notFound", "there is no such queue");
  return queue;
}

const health = route({
  method: "GET",
  path: "/system/health",
  id: "system.health",
  summary: "What works and what does not, with reasons",
  action: systemPolicy.health,
  answers: { 200: { description: "The checks; ok is false when one fails", schema: healthSchema } },
  async handle({ services }) {
    return ok({ version: services.version, ...(await services.health.readiness()) });
  },
});

const queues = route({
  method: "GET",
  path: "/system/queues",
  id: "system.queues",
  summary: "How much waits in each queue, and since when",
  action: systemPolicy.queues,
  answers: { 200: { description: "Counts by queue", schema: queueList } },
  async handle({ services }) {
    const items = await Promise.all(
      services.queues.map(async (queue) => {
        const { waiting, delayed, active, failed, oldestDueAt } = await queue.counts();
        return defined({ name: queue.name, waiting, delayed, active, failed, oldestDueAt: isoOf(oldestDueAt) });
      }),
    );
    return ok({ items });
  },
});

const failedJobs = route({
  method: "GET",
  path: "/system/queues/{queue}/failed",
  id: "system.failedJobs",
  summary: "List the jobs of a queue whose attempts are used up",
  action: systemPolicy.failedJobs,
  params: { queue: queueName },
  query: failedJobQuery,
  answers: { 200: { description: "The jobs", schema: failedJobList } },
  async handle({ params, query: { limit = DEFAULT_LIMIT }, services, caller, now }) {
    const jobs = await requireQueue(services, params.queue).failed(limit);
    const can = canOf({ retry: systemPolicy.retryJob }, undefined, caller.permissions, now);
    const items = jobs.map(({ id, data, attempts, error, failedAt }) => {
      return { id, ...maskFields({ data }), attempts, error, failedAt: toIso(failedAt), can };
    });
    return ok({ items });
  },
});

const retryJob = route({
  method: "POST",
  path: "/system/queues/{queue}/failed/{jobId}/retry",
  id: "system.retryJob",
  summary: "Put a failed job back, with its attempts renewed",
  action: systemPolicy.retryJob,
  params: { queue: queueName, jobId },
  answers: { 204: { description: "It waits again" } },
  async handle({ params, services, note }) {
    note(params.queue, { jobId: params.jobId });
    if (await requireQueue(services, params.queue).retry(params.jobId)) return noContent;
    throw new StewardError("resource.notFound", "there is no such failed job");
  },
});

export const systemRoutes = [health, queues, failedJobs, retryJob];
