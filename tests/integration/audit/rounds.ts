import { auditContinuously, type Pass } from "@/lib/features/audit";
import { shippedMigrations } from "@/lib/platform/migrate";
import { withClient } from "@/lib/platform/with-client";

/** Breaks rows for real, past triggers and foreign keys, for everybody to see. */
export async function breakRows(url: string, sql: string | readonly string[]): Promise<void> {
  await withClient(url, async (client) => {
    await client.query("SET session_replication_role = replica");
    for (const statement of [sql].flat()) await client.query(statement);
  });
}

/** Passes of the continuous audit until the rolling look has come round: what a large shop takes minutes for. */
export async function goRound(url: string, settle: (pass: Pass) => Promise<void> = async () => {}): Promise<Pass[]> {
  const passes: Pass[] = [];
  for (let n = 0; n < 50; n++) {
    const pass = await auditContinuously(url, { migrations: shippedMigrations(), settle });
    if (!pass) throw new Error("another has the turn");
    passes.push(pass);
    if (pass.isRound) return passes;
  }
  throw new Error("never came round");
}

export const breaksIn = (passes: readonly Pass[]) => passes.flatMap(({ breaks }) => breaks);

/** Tables whose rows a break changes, in an order that needs none. What the audit itself writes is not among them. */
const KEPT = [
  "variant",
  "batch",
  "card",
  "card_secret",
  "orders",
  "order_line",
  "order_event",
  "payment_attempt",
  "payment_event",
  "payment",
  "refund",
  "stock_entry",
  "outbox",
  "reveal_record",
  "wallet",
  "wallet_entry",
  "replacement",
  "dispute",
  "dispute_decision",
];

/** Keeps every row as it is now, for `mend`. */
export const keepRows = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    await client.query("CREATE SCHEMA kept");
    for (const table of KEPT) await client.query(`CREATE TABLE kept.${table} AS TABLE public.${table}`);
    await client.query("CREATE TABLE kept.finding AS TABLE public.finding");
  });

/** Puts the rows back as they were kept. */
export const mendRows = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    await client.query("SET session_replication_role = replica");
    for (const table of KEPT) {
      await client.query(`DELETE FROM public.${table}`);
      await client.query(`INSERT INTO public.${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept.${table}`);
    }
    await client.query("INSERT INTO public.finding SELECT * FROM kept.finding ON CONFLICT DO NOTHING");
  });
