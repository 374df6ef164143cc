import type pg from "pg";
import { listHeads } from "@/lib/features/ledger/heads";
import { readLedger } from "@/lib/features/ledger/read-ledger";
import type { BlockHead } from "@/lib/features/ledger/rules";
import { ledgerKeyOf, sealLedger, sealNextBlock } from "@/lib/features/ledger/seal";
import { type LedgerReport, verifyLedger } from "@/lib/features/ledger/verify";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { createDatabase, type TestDatabase } from "../../support/database";
import { openDeps } from "../../support/shop";
import { describe, expect, test } from "../../support/test";
import { judgeLedger, untilSealable, writeSealableEntries } from "./entries";

const BLOCKS = 4;
const PER_BLOCK = 5;

/** Four blocks of five entries, each block with gaps in its ids, and one entry that is not sealed. */
async function sealSome(deps: Deps, database: TestDatabase): Promise<void> {
  for (let block = 0; block < BLOCKS; block++) {
    for (let entry = 0; entry < PER_BLOCK; entry++) {
      await writeSealableEntries(database.app, 1);
      await withClient(database.owner, (client) =>
        client.query("SELECT nextval(pg_get_serial_sequence('stock_entry', 'id')) FROM generate_series(1, 30)"),
      );
    }
    expect(await sealNextBlock(deps)).toBe(PER_BLOCK);
  }
  await writeSealableEntries(database.app, 1);
}

const headsOf = (deps: Deps): Promise<BlockHead[]> => listHeads(deps, { after: 0n, limit: 100 });

describe("a hand in the database, of one who may do everything there", () => {
  let deps: Deps;
  let ids: (readonly bigint[])[];

  test.beforeAll(async ({ database }) => {
    deps = openDeps(database);
    await sealSome(deps, database);
    ids = await withClient(database.owner, async (client) => {
      const { rows } = await client.query<{ ids: string[] }>(
        "SELECT entry_ids::text[] AS ids FROM stock_block ORDER BY number",
      );
      return rows.map((row) => row.ids.map(BigInt));
    });
  });
  test.afterAll(() => closeDeps(deps));

  const idAt = (block: number, place: number): bigint => ids[block - 1]?.[place] as bigint;

  /** Does something past every guard, verifies what is there then, and takes it back. */
  function tamper(
    database: TestDatabase,
    change: (client: pg.Client) => Promise<unknown>,
    savedHeads: readonly BlockHead[] = [],
  ): Promise<{ report: LedgerReport }> {
    return withClient(database.superuser, async (client) => {
      await client.query("BEGIN");
      await client.query("SET LOCAL session_replication_role = replica"); // Triggers rest.
      await change(client);
      const trustedKeys = new Set([ledgerKeyOf(deps).publicKey.toString("hex")]);
      const report = await verifyLedger(readLedger(client), { trustedKeys, savedHeads });
      await client.query("ROLLBACK");
      return { report };
    });
  }

  const INSERT_COPY = `
    INSERT INTO stock_entry (id, xid, kind, merchant_id, order_id, reference, card_ids, canonical, created_at) OVERRIDING SYSTEM VALUE
    SELECT $2::bigint, coalesce($3::text::xid8, xid), kind, merchant_id, order_id, reference, card_ids, canonical, created_at
      FROM stock_entry WHERE id = $1`;

  test("nothing is found where nothing was done, and what is not sealed is told", async ({ database }) => {
    const { report } = await tamper(database, async () => undefined);
    expect(report).toMatchObject({ isIntact: true, blocks: BLOCKS, entries: 20, unsealed: { entries: 1 } });
  });

  const SAY_IT_IN_BYTES = "canonical = stock_canonical(kind, merchant_id, order_id, batch_id, reference, card_ids)";
  test.each([
    ["its bytes", "canonical = canonical || '\\x2c'::bytea"],
    ["a column", "reference = 'expired'"],
    ["its cards", "card_ids = ARRAY[gen_random_uuid()]"],
    ["its order", "order_id = gen_random_uuid()"],
    ["its time, by a millisecond", "created_at = created_at + interval '1 ms'"],
    ["its transaction", "xid = '9000000000'"],
  ])("an entry of which %s was altered is named", async (_, assignment) => {
    const id = idAt(2, 2);
    const { report } = await tamper(current, (client) =>
      client.query(`UPDATE stock_entry SET ${assignment} WHERE id = $1`, [id]),
    );
    expect(report.break).toMatchObject({ kind: "altered", block: 2n, entryId: id });
    expect(report).toMatchObject({ isIntact: false, blocks: 1, entries: PER_BLOCK });
  });

  test("an entry that was rewritten in all its columns and bytes at once is named", async ({ database }) => {
    const id = idAt(3, 0);
    const { report } = await tamper(database, async (client) => {
      await client.query("UPDATE stock_entry SET card_ids = ARRAY[gen_random_uuid()] WHERE id = $1", [id]);
      await client.query(`UPDATE stock_entry SET ${SAY_IT_IN_BYTES} WHERE id = $1`, [id]);
    });
    expect(report.break).toMatchObject({ kind: "altered", block: 3n, entryId: id });
  });

  test.each([0, 2, PER_BLOCK - 1])("an entry that was deleted is named, at place %i of its block", async (place) => {
    const id = idAt(2, place);
    const { report } = await tamper(current, (client) => client.query("DELETE FROM stock_entry WHERE id = $1", [id]));
    expect(report.break).toMatchObject({ kind: "missing", block: 2n, entryId: id });
  });

  test("of several things that were done, the first in the chain is named", async ({ database }) => {
    const { report } = await tamper(database, async (client) => {
      await client.query("DELETE FROM stock_entry WHERE id = $1", [idAt(4, 0)]);
      await client.query("UPDATE stock_entry SET reference = 'x' WHERE id = $1", [idAt(2, 3)]);
      await client.query("DELETE FROM stock_entry WHERE id = $1", [idAt(2, 4)]);
    });
    expect(report.break).toMatchObject({ kind: "altered", block: 2n, entryId: idAt(2, 3) });
  });

  test("an entry that was put into the range of a block is named, also before all others, and however many", async ({
    database,
  }) => {
    const between = await tamper(database, (client) => client.query(INSERT_COPY, [idAt(2, 1), idAt(2, 1) + 1n, null]));
    expect(between.report.break).toMatchObject({ kind: "inserted", block: 2n, entryId: idAt(2, 1) + 1n });
    const first = await tamper(database, (client) => client.query(INSERT_COPY, [idAt(1, 0), -5n, "0"]));
    expect(first.report.break).toMatchObject({ kind: "inserted", block: 1n, entryId: -5n });
    const many = await tamper(database, async (client) => {
      for (let n = 1n; n <= 20n; n++) await client.query(INSERT_COPY, [idAt(3, 0), idAt(3, 0) + n, null]);
    });
    expect(many.report.break).toMatchObject({ kind: "inserted", block: 3n, entryId: idAt(3, 0) + 1n });
  });

  test("what was put in is found also when the block's bookkeeping was changed to hide it", async ({ database }) => {
    const { report } = await tamper(database, async (client) => {
      await client.query("UPDATE stock_block SET floor_id = 1000000, last_xid = first_xid, last_id = first_id");
      await client.query(INSERT_COPY, [idAt(2, 1), idAt(2, 1) + 1n, null]);
    });
    expect(report.break).toMatchObject({ kind: "inserted", block: 2n, entryId: idAt(2, 1) + 1n });
  });

  test("an entry that was moved before another is named", async ({ database }) => {
    const { report } = await tamper(database, async (client) => {
      // It goes on standing between the blocks, so only its place in the block is another one.
      await client.query("UPDATE stock_entry SET xid = (SELECT xid FROM stock_entry WHERE id = $2) WHERE id = $1", [
        idAt(2, 0),
        idAt(2, 3),
      ]);
    });
    expect(report.break?.entryId).toBe(idAt(2, 0));
    const swapped = await tamper(database, async (client) => {
      await client.query(
        "UPDATE stock_entry SET xid = (SELECT max(xid) FROM stock_entry WHERE id = $2) WHERE id = $1",
        [idAt(2, 3), idAt(1, 4)],
      );
    });
    expect(swapped.report.break).toMatchObject({ kind: "reordered", entryId: idAt(2, 3) });
  });

  test("two entries that changed what they say are named by the first", async ({ database }) => {
    const { report } = await tamper(database, (client) =>
      client.query(
        `UPDATE stock_entry e SET merchant_id = o.merchant_id, order_id = o.order_id, card_ids = o.card_ids, canonical = o.canonical
           FROM stock_entry o WHERE (e.id, o.id) IN (($1::bigint, $2::bigint), ($2::bigint, $1::bigint))`,
        [idAt(2, 1), idAt(3, 1)],
      ),
    );
    expect(report.break).toMatchObject({ kind: "altered", block: 2n, entryId: idAt(2, 1) });
  });

  test.each([
    ["block", "root = sha256('x')"],
    ["block", "hash = sha256('x')"],
    ["block", "entry_hashes = set_byte(entry_hashes, 40, (get_byte(entry_hashes, 40) + 1) % 256)"],
    ["block", "era = 2"],
    ["chain", "previous_hash = sha256('x')"],
    ["chain", "number = 9"],
    ["signature", "sealed_at = sealed_at + interval '1 ms'"],
    ["signature", "signature = set_byte(signature, 3, (get_byte(signature, 3) + 1) % 256)"],
    ["key", "public_key = sha256('x')"],
    ["reordered", "entry_ids[2] = 1"],
    ["missing", "entry_ids[5] = 99999"],
  ])("a block that was altered is named: %s by %s", async (kind, assignment) => {
    const { report } = await tamper(current, (client) =>
      client.query(`UPDATE stock_block SET ${assignment} WHERE number = 2`),
    );
    expect(report.break).toMatchObject({ kind });
    expect([2n, 3n]).toContain(report.break?.block);
    expect(report.blocks).toBe(1);
  });

  test.each([1, 2, 3])("block %i is missed when it was deleted, with its entries or without", async (number) => {
    const alone = await tamper(current, (client) =>
      client.query("DELETE FROM stock_block WHERE number = $1", [number]),
    );
    expect(alone.report.break).toMatchObject({ kind: "chain" });
    const whole = await tamper(current, async (client) => {
      await client.query("DELETE FROM stock_entry WHERE id = ANY ($1)", [ids[number - 1]]);
      await client.query("DELETE FROM stock_block WHERE number = $1", [number]);
    });
    expect(whole.report.break).toMatchObject({ kind: "chain" });
    expect(whole.report.blocks).toBe(number - 1);
  });

  test("an end that was cut off is seen by whoever kept a head of it, and by nobody else", async ({ database }) => {
    const cut = async (client: pg.Client) => {
      await client.query("DELETE FROM stock_block WHERE number >= 3");
      await client.query("DELETE FROM stock_entry WHERE id >= $1", [idAt(3, 0)]);
    };
    expect((await tamper(database, cut)).report).toMatchObject({ isIntact: true, blocks: 2 });
    const { report } = await tamper(database, cut, (await headsOf(deps)).slice(2, 3));
    expect(report.break).toMatchObject({ kind: "head", block: 3n });
  });

  // The fixture is bound here because `test.each` hands in the rows instead.
  let current: TestDatabase;
  test.beforeAll(({ database }) => {
    current = database;
  });
});

describe("a shop that writes its own chain anew", () => {
  async function withSealed(work: (own: Deps, database: TestDatabase) => Promise<void>): Promise<void> {
    const database = await createDatabase();
    const own = openDeps(database);
    try {
      await sealSome(own, database);
      await work(own, database);
    } finally {
      await closeDeps(own);
      await database.drop();
    }
  }

  const rewrite = (database: TestDatabase, from: number) =>
    withClient(database.superuser, async (client) => {
      await client.query("SET session_replication_role = replica");
      const { rows } = await client.query<{ id: string }>(
        "SELECT entry_ids[2]::text AS id FROM stock_block WHERE number = $1",
        [from],
      );
      await client.query(
        `UPDATE stock_entry SET order_id = merchant_id, canonical = stock_canonical(kind, merchant_id, merchant_id, batch_id, reference, card_ids)
          WHERE id = $1`,
        [rows[0]?.id],
      );
      await client.query("DELETE FROM stock_block WHERE number >= $1", [from]);
    });

  test("with its own key, is held to any head after the change that a stranger kept", async () => {
    await withSealed(async (own, database) => {
      const heads = await headsOf(own);
      await rewrite(database, 2);
      await untilSealable(database.app);
      await sealLedger(own);
      // By itself the new chain is as good as the old one: that is why heads are published.
      expect(await judgeLedger(own, database)).toMatchObject({ isIntact: true });
      expect(await judgeLedger(own, database, { savedHeads: heads.slice(0, 1) })).toMatchObject({ isIntact: true });
      const { break: found } = await judgeLedger(own, database, { savedHeads: heads.slice(1) });
      expect(found).toMatchObject({ kind: "head", block: 2n });
    });
  });

  test("with another key, is refused at the first block of it", async () => {
    await withSealed(async (own, database) => {
      await rewrite(database, 1);
      const other = openDeps(database, { KAPU_SECRET: "another secret of forty characters or so" });
      await untilSealable(database.app);
      await sealLedger(other);
      await closeDeps(other);
      expect((await judgeLedger(own, database)).break).toMatchObject({ kind: "key", block: 1n });
    });
  });
});
