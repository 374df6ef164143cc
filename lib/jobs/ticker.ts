import { limits } from "@/lib/kernel/limits";
import { getMetrics } from "@/lib/platform/metrics";
import type { Job, JobContext } from "./job";

/** Runs one job until it is stopped. */
export interface Ticker {
  /** Begins no further run; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

class TimedOut extends Error {
  override readonly name = "JobTimedOut";
}

async function withTimeout<T>(work: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`no end after ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** One run, measured; a failure is logged and is nobody's end. Returns whether the job filled its batch. */
async function runOnce(job: Job, context: JobContext): Promise<boolean> {
  const startedAt = performance.now();
  const observe = (outcome: "done" | "failed") =>
    getMetrics().jobSeconds.observe({ job: job.name, outcome }, (performance.now() - startedAt) / 1000);
  try {
    const done = await withTimeout(job.run(context), job.timeoutSeconds);
    observe("done");
    return job.batch !== undefined && done >= job.batch;
  } catch (error) {
    observe("failed");
    context.deps.log.warn("job.failed", { job: job.name }, error);
    return false;
  }
}

/** A pause of about the job's own length, so that processes that were started together do not stay in step. */
const pauseOf = ({ everySeconds }: Job): number => everySeconds * 1000 * (0.9 + Math.random() * 0.2);

/** Runs a job, waits, and runs it again; never two runs of one job at once in one process. */
export function startTicker(job: Job, context: JobContext): Ticker {
  let isStopping = false;
  let wake: () => void = () => {};
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function loop(): Promise<void> {
    // The first runs are spread over the pause, so that a start does not begin with all jobs at once.
    await pause(Math.random() * Math.min(limits.jobFirstRunMsMax, pauseOf(job)));
    for (let runsInARow = 0; !isStopping; ) {
      const isFull = await runOnce(job, context);
      runsInARow = isFull ? runsInARow + 1 : 0;
      if (isStopping || (isFull && runsInARow < limits.jobRunsInARow)) continue;
      runsInARow = 0;
      await pause(pauseOf(job));
    }
  }

  const ended = loop();
  return {
    stop() {
      isStopping = true;
      wake();
      return ended;
    },
  };
}

/** Starts every job of a list. */
export const startTickers = (jobs: readonly Job[], context: JobContext): Ticker[] =>
  jobs.map((job) => startTicker(job, context));
