import { sealLedger, sealNextBlock } from "@/lib/features/ledger/seal";
import { limits } from "@/lib/kernel/limits";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { untilWaiting } from "@/tests/support/lock-waits";
import { openDeps } from "../../support/shop";
import { describe, expect, test } from "../../support/test";
import {
  INSERT_ENTRIES,
  judgeLedger,
  openTransaction,
  untilSealable,
  writeEntries,
  writeSealableEntries,
} from "./entries";

let deps: Deps;
let other: Deps;

test.beforeAll(({ database }) => {
  deps = openDeps(database);
  other = openDeps(database);
});
test.afterAll(async () => {
  await Promise.all([closeDeps(deps), closeDeps(other)]);
});

describe("sealing", () => {
  test("seals what is committed, in full blocks and one that is not, and then finds nothing to do", async ({
    database,
  }) => {
    await writeSealableEntries(database.app, limits.ledgerEntriesPerBlock + 10);
    expect(await sealLedger(deps)).toBe(2);
    expect(await sealNextBlock(deps)).toBe(0);
    const report = await judgeLedger(deps, database);
    expect(report).toMatchObject({
      isIntact: true,
      blocks: 2,
      entries: limits.ledgerEntriesPerBlock + 10,
      unsealed: { entries: 0 },
    });
  });

  test("a transaction that stays open holds the horizon: nothing is lost, and nothing is sealed twice", async ({
    database,
  }) => {
    const late = await openTransaction(database.app);
    const { rows } = await late.query<{ id: string }>(INSERT_ENTRIES, [3]);
    await writeEntries(database.app, 50);
    // The open one took lower ids than the fifty, and would stand before them.
    expect(await sealLedger(deps)).toBe(0);
    expect(await judgeLedger(deps, database)).toMatchObject({ isIntact: true, unsealed: { entries: 50 } });
    await late.query("COMMIT");
    await late.end();
    await untilSealable(database.app);
    expect(await sealLedger(deps)).toBe(1);
    const sealed = await sealedIds(database.owner);
    expect(sealed.slice(-53, -50)).toEqual(rows.map(({ id }) => id));
    expect(new Set(sealed).size).toBe(sealed.length);
    expect(await judgeLedger(deps, database)).toMatchObject({ isIntact: true, unsealed: { entries: 0 } });
  });

  test("waits for no seller and makes none wait: an entry is written while a block is being sealed", async ({
    database,
  }) => {
    await writeSealableEntries(database.app, 5);
    const sealer = await openTransaction(database.app);
    await sealer.query("SELECT pg_advisory_xact_lock($1)", [String(0x6b617075_6c656467n)]);
    expect(await sealNextBlock(deps)).toBe(0); // Somebody else seals: not this one, and without waiting.
    await withClient(database.app, async (client) => {
      await client.query("SET lock_timeout = '100ms'");
      await client.query(INSERT_ENTRIES, [1]);
    });
    await sealer.query("ROLLBACK");
    await sealer.end();
    await untilSealable(database.app);
    expect(await sealNextBlock(deps)).toBe(6);
  });

  test("two processes that seal at once while others write make one chain, with every entry once", async ({
    database,
  }) => {
    let isWriting = true;
    const seal = async (own: Deps) => {
      for (let runs = 0; isWriting && runs < 2_000; runs++) await sealNextBlock(own);
    };
    const write = async () => {
      for (let n = 0; n < 40; n++) {
        const client = await openTransaction(database.app);
        await client.query(INSERT_ENTRIES, [20]);
        await client.query(n % 5 === 4 ? "ROLLBACK" : "COMMIT");
        await client.end();
      }
    };
    const sealing = Promise.all([seal(deps), seal(other)]);
    await Promise.all([write(), write(), write()]);
    isWriting = false;
    await sealing;
    await untilSealable(database.app);
    await sealLedger(deps);
    const report = await judgeLedger(deps, database);
    expect(report.break).toBeNull();
    const [count] = await withClient(database.owner, async (client) => {
      const { rows } = await client.query<{ n: number }>("SELECT count(*)::int AS n FROM stock_entry");
      return rows;
    });
    expect(report.entries).toBe(count?.n);
  });

  test("killed in a block it leaves none of it, and the next process goes on from there", async ({ database }) => {
    await writeSealableEntries(database.app, limits.ledgerEntriesPerBlock * 3);
    const before = await judgeLedger(deps, database);
    await sealNextBlock(deps);
    // The connection of a process that dies is cut in the middle of its transaction.
    await withClient(database.superuser, async (client) => {
      await client.query("BEGIN");
      await client.query("LOCK TABLE stock_block IN SHARE ROW EXCLUSIVE MODE"); // Its INSERT waits here.
      const dying = sealNextBlock(other).catch(() => -1);
      await untilWaiting(database.superuser, 1, "%INSERT INTO stock_block%");
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%INSERT INTO stock_block%' AND pid <> pg_backend_pid()",
      );
      expect(await dying).toBe(-1);
      await client.query("ROLLBACK");
    });
    expect((await judgeLedger(deps, database)).blocks).toBe(before.blocks + 1);
    expect(await sealLedger(deps)).toBe(2);
    expect(await judgeLedger(deps, database)).toMatchObject({ isIntact: true, unsealed: { entries: 0 } });
  });

  test("with another secret nothing is signed: nobody would believe it", async ({ database }) => {
    const stranger = openDeps(database, { KAPU_SECRET: "another secret of forty characters or so" });
    await writeSealableEntries(database.app, 1);
    await expect(sealNextBlock(stranger)).rejects.toThrow(/KAPU_SECRET/);
    await closeDeps(stranger);
    expect(await sealNextBlock(deps)).toBe(1);
  });

  test("finds its entries by the index of the chain and never by reading the ledger", async ({ database }) => {
    const plan = await withClient(database.superuser, async (client) => {
      await client.query("ANALYZE stock_entry");
      const { rows } = await client.query<{ "QUERY PLAN": string }>(
        `EXPLAIN SELECT * FROM stock_entry WHERE (xid, id) > ('9'::xid8, 4) AND id > 0 AND xid < pg_snapshot_xmin(pg_current_snapshot())
          ORDER BY xid, id LIMIT 100`,
      );
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    });
    expect(plan).toContain("stock_entry_chain_ix");
    expect(plan).not.toContain("Seq Scan");
  });
});

async function sealedIds(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT entry.id::text FROM stock_block CROSS JOIN LATERAL unnest(entry_ids) WITH ORDINALITY AS entry (id, n) ORDER BY number, n",
    );
    return rows.map(({ id }) => id);
  });
}
