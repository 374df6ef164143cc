import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";

/** A message that a bot is to say. */
export interface DueMessage {
  readonly id: string;
  readonly merchantId: string;
  readonly kind: "stock_low" | "test";
  readonly attempts: number;
}

/** Takes messages that are due and keeps other processes from them for a while: who dies with one lets go of it by then. */
export const takeDueMessages = (db: Db): Promise<DueMessage[]> =>
  db.$queryRaw`
    UPDATE telegram_message SET attempts = attempts + 1, next_try_at = clock_timestamp() + make_interval(secs => ${limits.messageLeaseSeconds}::int)
     WHERE id = ANY (ARRAY(SELECT id FROM telegram_message WHERE next_try_at <= clock_timestamp() ORDER BY next_try_at
                            LIMIT ${limits.messagesPerRun}::int FOR UPDATE SKIP LOCKED))
    RETURNING id, merchant_id AS "merchantId", kind, attempts`;

export async function noteSent(db: Db, id: string): Promise<void> {
  await db.$executeRaw`
    UPDATE telegram_message SET status = 'sent', next_try_at = NULL, last_error = NULL, sent_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ${id}::uuid AND status = 'queued'`;
}

/** It is tried again after so many seconds, or, with null, not any more. */
export async function noteFailure(
  db: Db,
  { id, reason, againInSeconds }: { id: string; reason: string; againInSeconds: number | null },
): Promise<void> {
  await db.$executeRaw`
    UPDATE telegram_message SET last_error = ${reason.slice(0, 300)}, status = CASE WHEN ${againInSeconds}::int IS NULL THEN 'failed' ELSE 'queued' END,
           next_try_at = clock_timestamp() + make_interval(secs => ${againInSeconds}::int)
     WHERE id = ${id}::uuid AND status = 'queued'`;
}

/** Queues a message that says that the bot works. */
export async function queueTestMessage(db: Db, merchantId: string): Promise<void> {
  await db.$executeRaw`INSERT INTO telegram_message (id, merchant_id, kind) VALUES (${newId()}::uuid, ${merchantId}::uuid, 'test')`;
}
