import {
  accountAad,
  answersAad,
  batchAad,
  channelAad,
  factorAad,
  type Keys,
  type Wrapped,
} from "@/lib/platform/crypto";
import type { Tx } from "@/lib/platform/db";

/** A row that keeps something wrapped, and what binds the bytes to it. */
export interface WrappedRow {
  readonly id: string;
  readonly sealed: Uint8Array;
  readonly keyId: string;
  readonly aad: string;
}

/** A table of wrapped things: how to read those under another key, and how to write one back. */
export interface WrappedTable {
  readonly name: "batches" | "gateway accounts" | "authenticators" | "bots" | "uploads" | "buyers' forms";
  /** The next rows that are not under this key, by id; locked until the transaction ends. */
  read(tx: Tx, asked: { keyId: string; after: string; size: number }): Promise<WrappedRow[]>;
  /** Changes a row that is still as it was read; says whether it was. */
  write(tx: Tx, row: WrappedRow, wrapped: Wrapped): Promise<boolean>;
  /** How many rows each key wraps. */
  count(tx: Pick<Tx, "$queryRaw">): Promise<{ keyId: string; n: number }[]>;
}

interface BatchRow extends Omit<WrappedRow, "aad"> {
  readonly merchantId: string;
  readonly variantId: string;
}

/** Batches and uploads alike: bound to the merchant, the variant and their own id. */
const boundAsBatch = ({ merchantId, variantId, ...row }: BatchRow): WrappedRow => ({
  ...row,
  aad: batchAad({ merchantId, variantId, batchId: row.id }),
});

const batches: WrappedTable = {
  name: "batches",
  async read(tx, { keyId, after, size }) {
    const rows = await tx.$queryRaw<BatchRow[]>`
      SELECT id::text AS id, data_key AS sealed, key_id AS "keyId", merchant_id::text AS "merchantId", variant_id::text AS "variantId"
        FROM batch WHERE key_id <> ${keyId} AND id::text > ${after} ORDER BY id::text LIMIT ${size}::int FOR NO KEY UPDATE`;
    return rows.map(boundAsBatch);
  },
  async write(tx, { id, keyId, sealed }, wrapped) {
    const count = await tx.$executeRaw`
      UPDATE batch SET data_key = ${wrapped.sealed}::bytea, key_id = ${wrapped.keyId}
       WHERE id = ${id}::uuid AND key_id = ${keyId} AND data_key = ${Buffer.from(sealed)}::bytea`;
    return count === 1;
  },
  count: (tx) => tx.$queryRaw`SELECT key_id AS "keyId", count(*)::int AS n FROM batch GROUP BY key_id`,
};

const accounts: WrappedTable = {
  name: "gateway accounts",
  async read(tx, { keyId, after, size }) {
    const rows = await tx.$queryRaw<Omit<WrappedRow, "aad">[]>`
      SELECT id, settings AS sealed, key_id AS "keyId" FROM gateway_account
       WHERE key_id <> ${keyId} AND id > ${after} ORDER BY id LIMIT ${size}::int FOR NO KEY UPDATE`;
    return rows.map((row) => ({ ...row, aad: accountAad(row.id) }));
  },
  async write(tx, { id, keyId, sealed }, wrapped) {
    const count = await tx.$executeRaw`
      UPDATE gateway_account SET settings = ${wrapped.sealed}::bytea, key_id = ${wrapped.keyId}
       WHERE id = ${id} AND key_id = ${keyId} AND settings = ${Buffer.from(sealed)}::bytea`;
    return count === 1;
  },
  count: (tx) => tx.$queryRaw`SELECT key_id AS "keyId", count(*)::int AS n FROM gateway_account GROUP BY key_id`,
};

const factors: WrappedTable = {
  name: "authenticators",
  async read(tx, { keyId, after, size }) {
    const rows = await tx.$queryRaw<Omit<WrappedRow, "aad">[]>`
      SELECT user_id::text AS id, secret AS sealed, key_id AS "keyId" FROM user_factor
       WHERE key_id <> ${keyId} AND user_id::text > ${after} ORDER BY user_id::text LIMIT ${size}::int FOR NO KEY UPDATE`;
    return rows.map((row) => ({ ...row, aad: factorAad(row.id) }));
  },
  async write(tx, { id, keyId, sealed }, wrapped) {
    const count = await tx.$executeRaw`
      UPDATE user_factor SET secret = ${wrapped.sealed}::bytea, key_id = ${wrapped.keyId}
       WHERE user_id = ${id}::uuid AND key_id = ${keyId} AND secret = ${Buffer.from(sealed)}::bytea`;
    return count === 1;
  },
  count: (tx) => tx.$queryRaw`SELECT key_id AS "keyId", count(*)::int AS n FROM user_factor GROUP BY key_id`,
};

const bots: WrappedTable = {
  name: "bots",
  async read(tx, { keyId, after, size }) {
    const rows = await tx.$queryRaw<Omit<WrappedRow, "aad">[]>`
      SELECT merchant_id::text AS id, telegram_token AS sealed, key_id AS "keyId" FROM alert_channel
       WHERE key_id <> ${keyId} AND merchant_id::text > ${after} ORDER BY merchant_id::text LIMIT ${size}::int FOR NO KEY UPDATE`;
    return rows.map((row) => ({ ...row, aad: channelAad(row.id) }));
  },
  async write(tx, { id, keyId, sealed }, wrapped) {
    const count = await tx.$executeRaw`
      UPDATE alert_channel SET telegram_token = ${wrapped.sealed}::bytea, key_id = ${wrapped.keyId}
       WHERE merchant_id = ${id}::uuid AND key_id = ${keyId} AND telegram_token = ${Buffer.from(sealed)}::bytea`;
    return count === 1;
  },
  count: (tx) =>
    tx.$queryRaw`SELECT key_id AS "keyId", count(*)::int AS n FROM alert_channel WHERE key_id IS NOT NULL GROUP BY key_id`,
};

/** The key of a file on its way is wrapped as a batch's is, under the upload's own id. */
const uploads: WrappedTable = {
  name: "uploads",
  async read(tx, { keyId, after, size }) {
    const rows = await tx.$queryRaw<BatchRow[]>`
      SELECT id::text AS id, data_key AS sealed, key_id AS "keyId", merchant_id::text AS "merchantId", variant_id::text AS "variantId"
        FROM card_upload WHERE key_id <> ${keyId} AND id::text > ${after} ORDER BY id::text LIMIT ${size}::int FOR NO KEY UPDATE`;
    return rows.map(boundAsBatch);
  },
  async write(tx, { id, keyId, sealed }, wrapped) {
    const count = await tx.$executeRaw`
      UPDATE card_upload SET data_key = ${wrapped.sealed}::bytea, key_id = ${wrapped.keyId}
       WHERE id = ${id}::uuid AND key_id = ${keyId} AND data_key = ${Buffer.from(sealed)}::bytea`;
    return count === 1;
  },
  count: (tx) => tx.$queryRaw`SELECT key_id AS "keyId", count(*)::int AS n FROM card_upload GROUP BY key_id`,
};

/** What buyers wrote for orders that a person delivers. */
const forms: WrappedTable = {
  name: "buyers' forms",
  async read(tx, { keyId, after, size }) {
    const rows = await tx.$queryRaw<Omit<WrappedRow, "aad">[]>`
      SELECT order_id::text AS id, answers AS sealed, key_id AS "keyId" FROM order_promise
       WHERE key_id <> ${keyId} AND order_id::text > ${after} ORDER BY order_id::text LIMIT ${size}::int FOR NO KEY UPDATE`;
    return rows.map((row) => ({ ...row, aad: answersAad(row.id) }));
  },
  async write(tx, { id, keyId, sealed }, wrapped) {
    const count = await tx.$executeRaw`
      UPDATE order_promise SET answers = ${wrapped.sealed}::bytea, key_id = ${wrapped.keyId}
       WHERE order_id = ${id}::uuid AND key_id = ${keyId} AND answers = ${Buffer.from(sealed)}::bytea`;
    return count === 1;
  },
  count: (tx) =>
    tx.$queryRaw`SELECT key_id AS "keyId", count(*)::int AS n FROM order_promise WHERE key_id IS NOT NULL GROUP BY key_id`,
};

/** Everything that a master key wraps. Whoever wraps something new adds it here, or its old key is needed for ever. */
export const WRAPPED_TABLES: readonly WrappedTable[] = [batches, accounts, factors, bots, uploads, forms];

/** The keys that rows are wrapped by and this process does not have, and how many rows that is. */
export async function findUnknownKeys(
  tx: Pick<Tx, "$queryRaw">,
  { masters }: Pick<Keys, "masters">,
): Promise<ReadonlyMap<string, number>> {
  const known = new Set(masters.map(({ id }) => id));
  const unknown = new Map<string, number>();
  for (const table of WRAPPED_TABLES)
    for (const { keyId, n } of await table.count(tx))
      if (!known.has(keyId)) unknown.set(keyId, (unknown.get(keyId) ?? 0) + n);
  return unknown;
}
