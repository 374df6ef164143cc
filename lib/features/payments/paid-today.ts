import type { Db } from "@/lib/platform/db";

/** What these accounts have taken since midnight in Shanghai, in their own currency; gateways there count their limits so. */
export async function sumPaidToday(db: Db, accountIds: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.$queryRaw<{ id: string; sum: bigint }[]>`
    SELECT p.account_id AS id, sum(p.amount_minor)::bigint AS sum
      FROM payment p JOIN gateway_account g ON g.id = p.account_id AND g.currency = p.currency
     WHERE p.received_at >= date_trunc('day', clock_timestamp() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
       AND p.account_id = ANY (${[...accountIds]}::text[])
     GROUP BY p.account_id`;
  return new Map(rows.map(({ id, sum }) => [id, sum]));
}
