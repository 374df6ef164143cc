import { hashBlock, hashEntry, merkleRoot } from "@/lib/features/ledger/hashes";
import { type ChainEntry, canonicalOf, headText, NO_HASH } from "@/lib/features/ledger/rules";
import { ledgerKeyOf, sealLedger } from "@/lib/features/ledger/seal";
import { insertBlock } from "@/lib/features/ledger/store";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { openDeps } from "../../support/shop";
import { describe, expect, test } from "../../support/test";
import { judgeLedger, writeSealableEntries } from "./entries";

/** A server that had counted further than this one ever will. */
const FAR = 1_000_000_000_000n;
const entryOf = (n: number): ChainEntry => ({
  id: BigInt(n * 10),
  xid: FAR + BigInt(n),
  atMs: 1_795_000_000_000n,
  canonical: canonicalOf({
    kind: "reserve",
    merchantId: newId(),
    orderId: newId(),
    batchId: null,
    reference: "",
    cardIds: [newId()],
  }),
});

async function insertEntry(url: string, { id, xid, atMs, canonical }: ChainEntry): Promise<void> {
  const [, , merchant, order, , , card] = canonical.split("|");
  await withClient(url, (client) =>
    client.query(
      `INSERT INTO stock_entry (id, xid, kind, merchant_id, order_id, reference, card_ids, canonical, created_at) OVERRIDING SYSTEM VALUE
       VALUES ($1, $2::text::xid8, 'reserve', $3, $4, '', ARRAY[$5::uuid], convert_to($6, 'UTF8'), to_timestamp($7::bigint / 1000))`,
      [id, xid, merchant, order, card, canonical, atMs],
    ),
  );
}

/** Block 1 as the other server sealed it, under the same secret. */
async function insertFirstBlock(deps: Deps, entries: readonly ChainEntry[]): Promise<void> {
  const key = ledgerKeyOf(deps);
  const leaves = entries.map((entry) => Buffer.from(hashEntry(entry), "hex"));
  const root = merkleRoot(leaves);
  const hash = hashBlock({
    number: 1n,
    era: 1,
    previousHash: NO_HASH,
    entryCount: entries.length,
    root: root.toString("hex"),
  });
  const publicKey = key.publicKey.toString("hex");
  const head = { number: 1n, previousHash: NO_HASH, hash, sealedAtMs: 1_795_000_001_000n, publicKey };
  await inTransaction<null, never>(deps.db, async (tx) => {
    await insertBlock(tx, {
      number: 1n,
      era: 1,
      floorId: 0n,
      entries: {
        ids: entries.map(({ id }) => id.toString()),
        leaves: Buffer.concat(leaves),
        firstXid: String(entries[0]?.xid),
        lastXid: String(entries.at(-1)?.xid),
        sealedAt: new Date(1_795_000_001_000),
      },
      previousHash: Buffer.from(NO_HASH, "hex"),
      root,
      hash: Buffer.from(hash, "hex"),
      publicKey: key.publicKey,
      signature: key.sign(headText(head)),
    });
    return ok(null);
  });
}

describe("a database that was restored on a server that has not counted as far", () => {
  let deps: Deps;
  test.beforeAll(async ({ database }) => {
    deps = openDeps(database);
    const entries = [1, 2, 3, 4, 5].map(entryOf);
    for (const entry of entries) await insertEntry(database.superuser, entry);
    await insertFirstBlock(deps, entries.slice(0, 3));
    await withClient(database.owner, (client) =>
      client.query("SELECT setval(pg_get_serial_sequence('stock_entry', 'id'), 50)"),
    );
    await writeSealableEntries(database.app, 4);
  });
  test.afterAll(() => closeDeps(deps));

  test("goes on with what it brought, and then in a new era with what happens here", async ({ database }) => {
    expect(await sealLedger(deps)).toBe(2);
    await writeSealableEntries(database.app, 2);
    expect(await sealLedger(deps)).toBe(1);
    const report = await judgeLedger(deps, database);
    expect(report.break).toBeNull();
    expect(report).toMatchObject({ blocks: 4, entries: 11, unsealed: { entries: 0 } });
    const eras = await deps.db.stockBlock.findMany({
      orderBy: { number: "asc" },
      select: { era: true, entryCount: true },
    });
    expect(eras.map(({ era, entryCount }) => [era, entryCount])).toEqual([
      [1, 3],
      [1, 2],
      [2, 4],
      [2, 2],
    ]);
  });

  test.each([
    ["among the sealed", 15n, FAR + 1n],
    ["after the last of the old era", 45n, FAR + 900n],
    ["with a transaction of the new era and an id of the old", 35n, 5n],
    ["with an id of the new era and a transaction of the old", 53n + 1_000n, 5n],
  ])("an entry that was put in %s is found", async (_, id, xid) => {
    await insertEntry(current, { ...entryOf(1), id, xid });
    const { break: found } = await judgeLedger(deps, urls);
    expect(found).toMatchObject({ kind: "inserted", entryId: id });
    await withClient(current, async (client) => {
      await client.query("SET session_replication_role = replica");
      await client.query("DELETE FROM stock_entry WHERE id = $1", [id]);
    });
    expect((await judgeLedger(deps, urls)).break).toBeNull();
  });

  let current: string;
  let urls: Parameters<typeof judgeLedger>[1];
  test.beforeAll(({ database }) => {
    urls = database;
    current = database.superuser;
  });
});
