import type { FleetJob } from "../fleet/index.ts";
import type { Instant } from "../kernel/time.ts";
import { hours, minutes, type Timer } from "../kernel/time.ts";
import type { QueueWorker } from "../platform/queue/port.ts";
import type { Foundation } from "./foundation.ts";
import type { Part } from "./part.ts";

interface PeriodicJob {
  name: string;
}

const QUEUE = "periodic";
/** A queue that was away may have lost a job, or not have taken it: all are asked for again. */
const RESCHEDULE = minutes(1);

/** Works the queues: wakes devices, and does what is due again and again. */
export function workerPart(foundation: Foundation): Part {
  const { config, queue, wake, fleet, files, clock, log } = foundation;
  const jobs: readonly FleetJob[] = [
    ...fleet.jobs,
    { name: "files.sweep", every: hours(1), run: () => files.sweep() },
    { name: "wake.sweep", every: minutes(1), run: (now) => wake.sweep(now) },
  ];
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const periodic = queue.queue<PeriodicJob>(QUEUE);
  /** One waits per job, however many workers there are. */
  const schedule = ({ name, every }: FleetJob): Promise<string> =>
    periodic.enqueue({ name }, { dedupe: name, delay: every, key: name });
  let workers: QueueWorker[] = [];
  let timer: Timer | undefined;

  async function scheduleAll(): Promise<void> {
    timer = clock.after(RESCHEDULE, () => {
      scheduleAll().catch((error: unknown) => log.warn({ error }, "periodic jobs not scheduled; tried again soon"));
    });
    await Promise.all(jobs.map(schedule));
  }

  async function run({ name }: PeriodicJob): Promise<void> {
    const job = byName.get(name);
    // A job of another version of Steward: it is not scheduled again.
    if (job === undefined) return;
    try {
      const done = await job.run(clock.now());
      if (done > 0) log.debug({ job: name, done }, "periodic job");
    } catch (error) {
      log.warn({ job: name, error }, "periodic job failed; it runs again when it is due");
    } finally {
      await schedule(job);
    }
  }

  const drain = async (deadline: Instant): Promise<void> => {
    timer?.cancel();
    await Promise.all(workers.map((worker) => worker.drain(deadline)));
    await fleet.idle();
  };
  return {
    services: [
      {
        name: "worker",
        async start() {
          workers = [
            wake.process({ concurrency: config["wake.concurrency"] }),
            queue.process<PeriodicJob>(QUEUE, ({ data }) => run(data), { concurrency: config["worker.concurrency"] }),
          ];
          await scheduleAll();
        },
        drain,
        stop: () => drain(clock.now()),
      },
    ],
  };
}
