import { Logger, type Runner, run, type TaskList } from "graphile-worker";
import { z } from "zod";
import type { AddJob } from "@/lib/flows/drain-outbox";
import { sendMail } from "@/lib/flows/send-mail";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import type { Log } from "@/lib/platform/log";
import { getMetrics } from "@/lib/platform/metrics";

/** Adds a job in the transaction of the row that asks for it, so that both are there or neither; once per mail. */
export const addJob: AddJob = async (tx, name, payload) => {
  await tx.$executeRaw`
    SELECT graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json, max_attempts => ${limits.mailAttemptsMax}::int,
                                   job_key => ${payload.mailId}, job_key_mode => 'unsafe_dedupe')`;
};

const MailPayload = z.object({ mailId: z.uuid() });

async function measured(job: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  const observe = (outcome: string) =>
    getMetrics().jobSeconds.observe({ job, outcome }, (performance.now() - startedAt) / 1000);
  try {
    await work();
    observe("done");
  } catch (error) {
    observe("failed");
    throw error;
  }
}

/** What the queue works: things that may fail and are then tried again, later and later. */
const tasksOf = (deps: Deps): TaskList => ({
  "send-mail": (payload) => measured("send-mail", () => sendMail(deps, MailPayload.parse(payload))),
});

/** The queue's own words go where ours go; what it tells at length is for its developers. */
const loggerOf = (log: Log): Logger =>
  new Logger(() => (level, message) => {
    if (level === "error") log.warn("queue.error", { message: message.slice(0, 500) });
    else if (level === "warning") log.warn("queue.warning", { message: message.slice(0, 500) });
  });

/** Works the queue until it is stopped. Its tables exist since the start of the process, before the first sale. */
export function startQueue(deps: Deps, connectionString: string): Promise<Runner> {
  return run({
    connectionString,
    taskList: tasksOf(deps),
    concurrency: limits.queueTasksInFlight,
    pollInterval: limits.queuePollMs,
    maxPoolSize: limits.queueTasksInFlight + 1,
    noHandleSignals: true,
    parsedCronItems: [],
    logger: loggerOf(deps.log),
  });
}
