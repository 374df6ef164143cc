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
