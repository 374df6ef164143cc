import { createHash } from "node:crypto";
import pg from "pg";
import { expect } from "vitest";
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

/** A connection of the superuser on which the same few queries are planned once, however many subjects they are asked about. */
export async function openJudge(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, options: "-c plan_cache_mode=force_generic_plan" });
  await client.connect();
  const ask = client.query.bind(client) as (query: string | pg.QueryConfig, values?: unknown[]) => unknown;
  const query = (text: string, values?: unknown[]) => ask(values ? { name: nameOf(text), text, values } : text);
  return Object.assign(client, { query });
}

const nameOf = (text: string): string => createHash("sha1").update(text).digest("base64url");

/** The same in a transaction that takes it all back, with what `judge` says in between; `client` is a superuser's. */
export async function judgeBroken<T>(
  client: pg.Client,
  sql: string | readonly string[],
  judge: (client: pg.Client) => Promise<T>,
): Promise<T> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL session_replication_role = replica");
  try {
    for (const statement of [sql].flat()) {
      const { rowCount, command } = await client.query(statement);
      if (command !== "ALTER" && command !== "DROP") expect(rowCount, statement).toBeGreaterThan(0);
    }
    return await judge(client);
  } finally {
    await client.query("ROLLBACK");
  }
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
  "card_preview",
  "order_pick",
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
  "quota",
  "quota_use",
];

/** What the audit and whoever answers it write of a break: a product is halted, and told of. */
const TOLD = ["product", "finding", "mail", "audit_event"];

/** Keeps every row as it is now, for `mendRows`. */
export const keepRows = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    await client.query("CREATE SCHEMA kept");
    for (const table of [...KEPT, ...TOLD]) await client.query(`CREATE TABLE kept.${table} AS TABLE public.${table}`);
  });

/** Puts the rows back as they were kept; a finding of the audit stays, unless `forgetting` what was told. */
export const mendRows = (url: string, { forgetting = false } = {}): Promise<void> =>
  withClient(url, async (client) => {
    // Only what differs: to write every row again would leave tables full of dead ones, which the next plans reckon with.
    const restore = (table: string) => `
      DELETE FROM public.${table} WHERE ctid IN (
        SELECT ctid FROM public.${table} AS now WHERE now::text NOT IN (SELECT was::text FROM kept.${table} AS was));
      INSERT INTO public.${table} OVERRIDING SYSTEM VALUE
        SELECT * FROM kept.${table} AS was WHERE was::text NOT IN (SELECT now::text FROM public.${table} AS now)`;
    await client.query("SET session_replication_role = replica");
    await client.query([...KEPT, ...(forgetting ? TOLD : [])].map(restore).join(";"));
    await client.query("INSERT INTO public.finding SELECT * FROM kept.finding ON CONFLICT DO NOTHING");
  });
