import { vi } from "vitest";
import { withClient } from "@/lib/platform/with-client";
import type { TestDatabase } from "../../support/database";

const DAY_MS = 24 * 3_600_000;

/** Where the time of an event is written down. */
const TIMES: Readonly<Record<string, readonly string[]>> = {
  orders: ["created_at", "deadline_at", "paid_at", "delivered_at", "closed_at", "owed_at"],
  order_event: ["at"],
  payment: ["received_at"],
  payment_event: ["received_at"],
  refund: ["created_at", "finished_at"],
  finding: ["opened_at", "resolved_at", "last_found_at"],
  finding_event: ["at"],
};

/** As whoever may do anything: past every trigger. */
export const asGod = (database: TestDatabase, sql: string, values: readonly unknown[] = []) =>
  withClient(database.superuser, async (client) => {
    await client.query("SET session_replication_role = replica");
    return (await client.query(sql, [...values])).rows;
  });

/**
 * Has something happen so many days ago: its ids are made then, and the times that the database gave are put back by as much. What happened
 * shortly before must have been put back itself.
 */
export async function daysAgo(database: TestDatabase, days: number, work: () => Promise<void>): Promise<void> {
  const [{ since }] = (await asGod(database, "SELECT clock_timestamp() - interval '30 seconds' AS since")) as [
    { since: Date },
  ];
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - days * DAY_MS });
  await work().finally(() => vi.useRealTimers());
  for (const [table, columns] of Object.entries(TIMES))
    await asGod(
      database,
      `UPDATE ${table} SET ${columns
        .map(
          (column) =>
            `${column} = CASE WHEN ${column} >= $1 THEN ${column} - make_interval(days => $2) ELSE ${column} END`,
        )
        .join(", ")}`,
      [since, days],
    );
}
