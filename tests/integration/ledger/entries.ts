import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { readLedger } from "@/lib/features/ledger/read-ledger";
import { ledgerKeyOf } from "@/lib/features/ledger/seal";
import { type LedgerReport, type VerifyOptions, verifyLedger } from "@/lib/features/ledger/verify";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import type { Deps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";

/** Entries as statements of the shop write them, without the cards that they tell of: here only the chain is looked at. */
export const INSERT_ENTRIES = `
  INSERT INTO stock_entry (kind, merchant_id, order_id, reference, card_ids, canonical)
  SELECT 'reserve', m, o, '', ARRAY[c], stock_canonical('reserve', m, o, NULL, '', ARRAY[c])
    FROM (SELECT gen_random_uuid() AS m, gen_random_uuid() AS o, gen_random_uuid() AS c FROM generate_series(1, $1::int)) entry
  RETURNING id::text`;

/** Writes entries in one transaction of their own. */
export const writeEntries = (url: string, count: number): Promise<void> =>
  withClient(url, async (client) => void (await client.query(INSERT_ENTRIES, [count])));

/**
 * Returns once nothing before this moment holds the horizon of sealing: a server has one for all its databases, so that a
 * transaction of another test's database keeps back what is committed in this one.
 */
export const untilSealable = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ now: string }>("SELECT pg_current_xact_id()::text AS now");
    for (let tries = 0; tries < 3_000; tries++) {
      const { rowCount } = await client.query(
        "SELECT 1 WHERE pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8",
        [rows[0]?.now],
      );
      if (rowCount) return;
      await sleep(10);
    }
    throw new Error("a transaction has held the horizon of sealing for half a minute");
  });

/** Writes entries in one transaction of their own, and returns once they can be sealed. */
export async function writeSealableEntries(url: string, count: number): Promise<void> {
  await writeEntries(url, count);
  await untilSealable(url);
}

/** A transaction that stays open until it is told to end. */
export async function openTransaction(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  await client.query("BEGIN");
  return client;
}

/** Judges the ledger as its own role, by the shop's own key. */
export const judgeLedger = (
  deps: Deps,
  urls: DatabaseUrls,
  options: Partial<VerifyOptions> = {},
): Promise<LedgerReport> =>
  withClient(urls.audit, (client) =>
    verifyLedger(readLedger(client), {
      trustedKeys: new Set([ledgerKeyOf(deps).publicKey.toString("hex")]),
      savedHeads: [],
      ...options,
    }),
  );
