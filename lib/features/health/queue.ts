import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";

/**
 * Sees to it that every mail that waits has its job: those that a page asked for have none yet, and a mail server that was
 * set up later finds the older ones. A mail that has a job keeps the one it has. Returns how many mails wait.
 */
export async function queueWaitingMails({ db }: { readonly db: Db }): Promise<number> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT (graphile_worker.add_job('send-mail', json_build_object('mailId', m.id), max_attempts => ${limits.mailAttemptsMax}::int,
                                    job_key => m.id::text, job_key_mode => 'unsafe_dedupe')).id::text
      FROM (SELECT id FROM mail WHERE status = 'queued' ORDER BY created_at LIMIT ${limits.outboxRowsPerRun}::int) m`;
  return rows.length;
}

/**
 * Gives jobs back whose worker has held them longer than any task may run: that worker was killed. It may run a job twice,
 * as every task must expect anyway. Returns how many workers it gave up on.
 */
export async function freeAbandonedJobs({ db }: { readonly db: Db }): Promise<number> {
  const rows = await db.$queryRaw<{ worker: string }[]>`
    SELECT DISTINCT locked_by AS worker FROM graphile_worker.jobs
     WHERE locked_by IS NOT NULL AND locked_at < now() - make_interval(secs => ${limits.queueTaskSeconds * 2}::int)`;
  const workers = rows.map(({ worker }) => worker);
  if (workers.length > 0) await db.$executeRaw`SELECT graphile_worker.force_unlock_workers(${workers}::text[])`;
  return workers.length;
}
