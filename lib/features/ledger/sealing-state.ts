import type { Deps } from "@/lib/platform/deps";
import { ledgerKeyOf } from "./seal";

/** How far the ledger is sealed. */
export interface SealingState {
  /** The number of the last block, or null before the first. */
  readonly lastBlock: bigint | null;
  /** False when the last block was signed under another secret: then no new one is sealed. */
  readonly isKeyOurs: boolean;
  /** The age of the oldest entry that no block holds, or null when all are sealed. */
  readonly oldestUnsealedSeconds: number | null;
}

interface Row {
  readonly number: bigint | null;
  readonly publicKey: Uint8Array | null;
  readonly seconds: number | null;
}

/** Where sealing stands, by two index lookups however long the ledger is. */
export async function findSealingState(deps: Deps): Promise<SealingState> {
  const [row] = await deps.db.$queryRaw<Row[]>`
    WITH tip AS (SELECT number, public_key, last_xid, last_id, floor_id FROM stock_block ORDER BY number DESC LIMIT 1)
    SELECT (SELECT number FROM tip) AS number, (SELECT public_key FROM tip) AS "publicKey",
           (SELECT extract(epoch FROM clock_timestamp() - created_at)::float8 FROM stock_entry
             WHERE (xid, id) > (coalesce((SELECT last_xid FROM tip), '0'), coalesce((SELECT last_id FROM tip), 0))
               AND id > coalesce((SELECT floor_id FROM tip), 0) ORDER BY xid, id LIMIT 1) AS seconds`;
  const publicKey = row?.publicKey ?? null;
  return {
    lastBlock: row?.number ?? null,
    isKeyOurs: publicKey === null || ledgerKeyOf(deps).publicKey.equals(publicKey),
    oldestUnsealedSeconds: row?.seconds ?? null,
  };
}
