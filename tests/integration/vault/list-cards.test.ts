import { findCardPage } from "@/lib/features/vault/card-story";
import { findPlaces, listCards } from "@/lib/features/vault/list-cards";
import { VaultQuery } from "@/lib/features/vault/schema";
import { toPublicId } from "@/lib/kernel/id";
import { withClient } from "@/lib/platform/with-client";
import { describe, expect, test } from "@/tests/support/test";
import { type Merchant, openVault } from "./vault-shop";

type Vault = Awaited<ReturnType<typeof openVault>>;
let vault: Vault;
let shop: Vault["shop"];
let stocked: Vault["stocked"];
let second: Vault["second"];
let owner: Merchant;
let foreigner: Merchant;
let admin: Vault["admin"];
let readAll: Vault["readAll"];

test.beforeAll(async ({ database }) => {
  vault = await openVault(database);
  ({ shop, stocked, second, owner, foreigner, admin, readAll } = vault);
});
test.afterAll(() => shop.close());

const batchOf = async (status: string) =>
  (await shop.rows<{ id: string }>("SELECT batch_id AS id FROM card WHERE status = $1 LIMIT 1", [status]))[0]?.id ?? "";

describe("the list of a merchant's cards", () => {
  test("shows by every filter and in every order exactly the rows that match, each once, over all pages", async () => {
    const bat = toPublicId("batch", await batchOf("draft"));
    const filters: [Record<string, string>, string][] = [
      [{}, "true"],
      ...["draft", "available", "reserved", "delivered", "withdrawn"].map(
        (state) => [{ state }, `status = '${state}'`] as [Record<string, string>, string],
      ),
      [{ variant: toPublicId("variant", second.variantId) }, `variant_id = '${second.variantId}'`],
      [
        { product: toPublicId("product", second.productId), state: "draft" },
        `variant_id = '${second.variantId}' AND status = 'draft'`,
      ],
      [{ batch: bat }, `batch_id = '${await batchOf("draft")}'`],
      [{ pool: stocked.poolId, state: "delivered" }, `pool_id = '${stocked.poolId}' AND status = 'delivered'`],
      [
        { from: "2027-03-02", to: "2027-03-03" },
        "expires_at >= '2027-03-02 00:00+08' AND expires_at < '2027-03-04 00:00+08'",
      ],
      [{ to: "2027-03-01", state: "available" }, "expires_at < '2027-03-02 00:00+08' AND status = 'available'"],
    ];
    for (const [fields, where] of filters) {
      const rows = await shop.rows<{ id: string; at: Date | null }>(
        `SELECT id, expires_at AS at FROM card WHERE merchant_id = $1 AND ${where} ORDER BY id`,
        [owner.merchantId],
      );
      const expiring = rows.filter(({ at }) => at).sort((a, b) => a.at!.getTime() - b.at!.getTime());
      for (const sort of ["new", "old", "expiry"]) {
        const isByExpiry = sort === "expiry" || fields.from || fields.to;
        const shown = await readAll(owner, { ...fields, sort });
        const wanted = isByExpiry ? expiring : rows;
        expect([fields, sort, [...shown].sort()]).toEqual([fields, sort, wanted.map(({ id }) => id).sort()]);
        if (isByExpiry) {
          const atOf = new Map(rows.map(({ id, at }) => [id, at?.getTime() ?? 0]));
          const moments = shown.map((id) => atOf.get(id)!);
          expect(moments).toEqual([...moments].sort((a, b) => a - b));
        }
      }
    }
    expect(await readAll(owner, {})).not.toEqual(await readAll(owner, { sort: "old" }));
  });

  test("finds the cards of an order by its whole number", async () => {
    const [order] = await shop.rows<{ number: string; n: number }>(
      "SELECT number, quantity AS n FROM orders WHERE status = 'delivered' ORDER BY quantity DESC LIMIT 1",
    );
    expect(await readAll(owner, { q: order!.number.toLowerCase() })).toHaveLength(order!.n);
    expect(await readAll(owner, { q: order!.number, state: "available" })).toEqual([]);
    expect(await readAll(foreigner, { q: order!.number })).toEqual([]);
  });

  test("has not a letter of a secret in it", async () => {
    const { rows } = await listCards(shop.deps, owner, VaultQuery.parse({}));
    const told = JSON.stringify(rows, (_key, value) => (typeof value === "bigint" ? String(value) : value));
    for (const secret of stocked.secrets) expect(told).not.toContain(secret);
  });

  test("another merchant sees nothing of it, whatever the address says", async () => {
    const named = {
      merchant: toPublicId("merchant", owner.merchantId),
      variant: toPublicId("variant", stocked.variantId),
    };
    expect(await readAll(foreigner, {})).toEqual([]);
    expect(await readAll(foreigner, named)).toEqual([]);
    expect((await readAll(admin, named)).length).toBe(160);
    const [cardId] = await readAll(owner, {});
    expect(await findCardPage(shop.deps, foreigner, cardId!)).toBeNull();
    expect((await findCardPage(shop.deps, owner, cardId!))?.story.map(({ what }) => what)).toContain("import");
  });

  test("a page that nobody wrote is the first one", () => {
    for (const after of ["", "x", "1-2", `1-${"g".repeat(32)}`, "-1-".padEnd(40, "0")])
      expect(VaultQuery.parse({ after }).after).toBeUndefined();
    expect(VaultQuery.parse({ state: "sold", pool: "x", batch: "bat_1", sort: "x" })).toEqual({ sort: "new" });
  });
});

describe("the plans of the vault's pages", () => {
  const FILTERS: Record<string, string>[] = [
    {},
    { state: "withdrawn" },
    { state: "available", sort: "old" },
    { sort: "expiry" },
    { from: "2027-01-01", to: "2027-12-31", state: "reserved" },
  ];

  test("walk no table of cards, whatever the filter", async ({ database }) => {
    const big = await shop.stock({ cards: 20_000 });
    await shop.rows("ANALYZE");
    const asked: { sql: string; values: readonly unknown[] }[] = [];
    const db = {
      $queryRawUnsafe: (sql: string, ...values: unknown[]) => {
        asked.push({ sql, values });
        return shop.deps.db.$queryRawUnsafe(sql, ...values);
      },
    } as unknown as typeof shop.deps.db;
    const places = [
      {},
      { variant: toPublicId("variant", big.variantId) },
      { product: toPublicId("product", big.productId) },
      { pool: big.poolId },
    ];
    for (const filter of FILTERS)
      for (const place of places) {
        const query = VaultQuery.parse({ ...filter, ...place });
        for (const viewer of [owner, admin, foreigner])
          await findPlaces({ db }, viewer, { query, after: undefined, size: 51 });
      }
    expect(asked.length).toBe(60);
    await withClient(database.app, async (client) => {
      for (const { sql, values } of asked) {
        const { rows } = await client.query(`EXPLAIN (FORMAT JSON) ${sql}`, [...values]);
        const plan = JSON.stringify(rows);
        expect([values, /"Node Type":"Seq Scan"[^{}]*"Relation Name":"card"/.test(plan)]).toEqual([values, false]);
        expect(plan).toMatch(/card_state_(?:expiry_)?ix/);
      }
    });
  });
});
