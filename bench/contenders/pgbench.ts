import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import type { BenchShop } from "../shop";
import { type Bench, type Contender, drive, type Load, type Outcome, placeOf } from "./contender";

/** Of one connection, before it is known. */
const GUESSED_PER_SECOND = 300;
const PGBENCH_MS_MAX = 90_000;

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * The smallest statement that writes one order's rows: no idempotent answer, no caps, no price check, no batch. It takes its
 * values from the database, so that pgbench can repeat it; `draft` only lends the size of a real presentation. `number` says
 * which of the variants is sold from.
 */
function smallestWrite(
  { poolId, merchantId, accountId }: BenchShop,
  { draft, variants, number }: { draft: OrderDraft; variants: readonly string[]; number: string },
): string {
  const { row } = draft;
  const variantId = `(ARRAY[${variants.map(literal).join(",")}]::uuid[])[${number}]`;
  return `
WITH picked AS MATERIALIZED (
  SELECT id FROM card WHERE variant_id = ${variantId} AND pool_id = '${poolId}' AND status = 'available'
   ORDER BY pick LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
f AS MATERIALIZED (
  SELECT gen_random_uuid() AS id, p.id AS card_id, clock_timestamp() AS at, clock_timestamp() + interval '1 day' AS deadline FROM picked p),
c AS (UPDATE card SET status = 'reserved', order_id = f.id, reserved_until = f.deadline FROM f WHERE card.id = f.card_id),
o AS (
  INSERT INTO orders (id, number, merchant_id, scope, request_key, request_hash, token_hash, email, locale, stock_policy, quantity, total_minor,
                      currency, card_ids, created_at, deadline_at)
  SELECT id, 'B' || replace(id::text, '-', ''), '${merchantId}', 'pgbench', id::text, sha256(uuid_send(id)), sha256(uuid_send(card_id)),
         id || '@example.com', 'zh', 'reserve_on_order', 1, ${row.total_minor}, '${row.currency}', ARRAY[card_id], at, deadline FROM f),
l AS (
  INSERT INTO order_line (order_id, line, variant_id, pool_id, quantity, unit_price_minor)
  SELECT id, 1, ${variantId}, '${poolId}', 1, ${row.total_minor} FROM f),
a AS (
  INSERT INTO payment_attempt (id, order_id, account_id, out_trade_no, amount_minor, currency, presentation, created_at, next_query_at)
  SELECT gen_random_uuid(), id, '${accountId}', replace(id::text, '-', ''), ${row.total_minor}, '${row.currency}',
         ${literal(JSON.stringify(draft.presentation))}, at, at + interval '50 seconds' FROM f),
e AS (
  INSERT INTO stock_entry (kind, merchant_id, order_id, card_ids, canonical)
  SELECT 'reserve', '${merchantId}', id, ARRAY[card_id], stock_canonical('reserve', '${merchantId}', id, NULL, '', ARRAY[card_id]) FROM f),
b AS (INSERT INTO outbox (kind, order_id) SELECT 'order.placed', id FROM f)
SELECT id FROM f;
`;
}

const isInstalled = (): boolean => spawnSync("pgbench", ["--version"]).status === 0;

/** What Postgres itself can do with one order per transaction: the floor that batching goes below. */
export function pgbench({ shop }: Bench): Contender {
  const hasPgbench = isInstalled();
  const rates = new Map<number, number>();
  return {
    name: "pgbench",
    what: hasPgbench
      ? "pgbench -M prepared, the smallest statement that writes the same rows (a connection per order in flight, opened within its processor time)"
      : "no pgbench on the PATH: its script through raw pg clients (a connection per order in flight)",
    perSecondMax: 8_000,
    run: async (load, drafts) => {
      const variants = [...new Set(drafts.map((draft) => placeOf(draft).variantId))];
      const draft = drafts[0] as OrderDraft;
      const url = shop.urls.app;
      if (!hasPgbench)
        return runClients(url, {
          sql: smallestWrite(shop, { draft, variants, number: "$1::int" }),
          variants: variants.length,
          load,
          drafts,
        });
      const drawn = `\\set number random(1, ${variants.length})\n`;
      const sql = drawn + smallestWrite(shop, { draft, variants, number: ":number" });
      const known = rates.get(load.inFlight) ?? GUESSED_PER_SECOND * Math.min(load.inFlight, 8);
      const most = Math.min(known * load.seconds, drafts.length);
      const outcome = await runPgbench(url, sql, { inFlight: load.inFlight, each: Math.ceil(most / load.inFlight) });
      rates.set(load.inFlight, outcome.perSecond);
      return outcome;
    },
    close: async () => {},
  };
}

/** A number of orders, not a time: its clock also runs while it connects, and it would go on asking once all cards are sold. */
async function runPgbench(
  url: string,
  sql: string,
  { inFlight, each }: { inFlight: number; each: number },
): Promise<Outcome> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "kapu-bench-"));
  const script = path.join(folder, "order.sql");
  writeFileSync(script, sql);
  const { hostname, port, username, password, pathname } = new URL(url);
  const threads = Math.min(inFlight, os.availableParallelism());
  const args = ["-n", "-M", "prepared", "-c", `${inFlight}`, "-j", `${threads}`, "-t", `${each}`, "-f", script];
  try {
    const { stdout } = await promisify(execFile)(
      "pgbench",
      [...args, "-h", hostname, "-p", port || "5432", "-U", decodeURIComponent(username), pathname.slice(1)],
      { env: { ...process.env, PGPASSWORD: decodeURIComponent(password) }, timeout: PGBENCH_MS_MAX },
    );
    return readReport(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(report: string): Outcome {
  const read = (pattern: RegExp): number => Number(pattern.exec(report)?.[1] ?? Number.NaN);
  return {
    done: read(/transactions actually processed: (\d+)/),
    failed: read(/number of failed transactions: (\d+)/) || 0,
    soldTwice: 0,
    perSecond: read(/tps = ([\d.]+)/),
    p50Ms: null, // It prints the mean only, which is not a median.
    p99Ms: null,
  };
}

async function runClients(
  url: string,
  { sql, variants, load, drafts }: { sql: string; variants: number; load: Load; drafts: readonly OrderDraft[] },
): Promise<Outcome> {
  const clients = Array.from({ length: load.inFlight }, () => new pg.Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  const free = [...clients];
  try {
    return await drive(load, drafts, async () => {
      const client = free.pop() as pg.Client;
      const number = 1 + Math.floor(Math.random() * variants);
      const { rowCount } = await client.query({ name: "order", text: sql, values: [number] });
      free.push(client);
      return rowCount === 1;
    });
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
