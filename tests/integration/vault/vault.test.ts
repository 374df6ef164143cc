import { findCardPage, listGlassNotices } from "@/lib/features/vault/card-story";
import { findPlaces, listCards } from "@/lib/features/vault/list-cards";
import { VaultQuery } from "@/lib/features/vault/schema";
import { exportCards } from "@/lib/flows/export-cards";
import { importCards } from "@/lib/flows/import-cards";
import { revealCard } from "@/lib/flows/reveal-card";
import { searchVault } from "@/lib/flows/search-vault";
import { tellOfGlass } from "@/lib/flows/tell-of-glass";
import { withdrawCards } from "@/lib/flows/withdraw-cards";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { closeDeps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { expectInvariants } from "@/tests/support/invariants";
import { openPostbox, textOf } from "@/tests/support/postbox";
import { openDeps, openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { memberOf, newAdmin, newMerchant } from "../merchants/shops";
import { signedInAs } from "./people";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

let shop: TestShop;
let stocked: Stocked;
let second: Stocked;
let owner: Proven<Merchant>;
let foreigner: Proven<Merchant>;
let admin: Proven<Extract<Viewer, { kind: "admin" }>>;

async function* lines(text: string) {
  yield new TextEncoder().encode(text);
}

test.beforeAll(async ({ database }) => {
  shop = await openShop(database);
  stocked = await shop.stock({ cards: 120 });
  second = await shop.stock({ cards: 30 });
  owner = (await signedInAs(shop.deps, await memberOf(shop.deps, stocked.merchantId))).viewer;
  foreigner = (await signedInAs(shop.deps, await newMerchant(shop.deps))).viewer;
  admin = (await signedInAs(shop.deps, await newAdmin(shop.deps))).viewer;
  await shop.restock(stocked, 40);
  const draft = { variantId: second.variantId, merchantId: second.merchantId, actor: owner, publish: false };
  await importCards(shop.deps, { ...draft, source: lines("DRAFT-1\nDRAFT-2\nDRAFT-3\n") });
  for (const quantity of [2, 3]) await shop.pay(await shop.place(stocked.variantId, { quantity }));
  await shop.place(stocked.variantId, { quantity: 4 });
  // A third of the first batch expires, some of it on the same day.
  await shop.rows(
    `UPDATE card SET expires_at = timestamptz '2027-03-01 00:00+08' + make_interval(days => (n % 7)::int)
       FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM card WHERE variant_id = $1) k
      WHERE card.id = k.id AND n % 3 = 0`,
    [stocked.variantId],
  );
});
test.afterAll(() => shop.close());

/** Everything that a filter shows, page by page. */
async function readAll(viewer: Viewer, fields: Record<string, string>): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  for (let page = 0; page < 100; page++) {
    const { rows, next } = await listCards(shop.deps, viewer, VaultQuery.parse({ ...fields, after }));
    ids.push(...rows.map(({ id }) => id));
    if (next === null) return ids;
    after = next;
  }
  throw new Error("the pages do not end");
}

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
      [{ product: toPublicId("product", second.productId), state: "draft" }, `variant_id = '${second.variantId}' AND status = 'draft'`],
      [{ batch: bat }, `batch_id = '${await batchOf("draft")}'`],
      [{ pool: stocked.poolId, state: "delivered" }, `pool_id = '${stocked.poolId}' AND status = 'delivered'`],
      [{ from: "2027-03-02", to: "2027-03-03" }, "expires_at >= '2027-03-02 00:00+08' AND expires_at < '2027-03-04 00:00+08'"],
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
    const named = { merchant: toPublicId("merchant", owner.merchantId), variant: toPublicId("variant", stocked.variantId) };
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

describe("opening a card in the vault", () => {
  const recordsOf = (cardId: string) =>
    shop.rows<{ purpose: string; actor_id: string; reason: string }>(
      "SELECT purpose, actor_id, reason FROM vault_reveal WHERE $1 = ANY (card_ids) ORDER BY id",
      [cardId],
    );
  const anyCard = async (state = "available") => (await readAll(owner, { state }))[0]!;

  test("gives its merchant the text as it was imported, once it is on record", async () => {
    const cardId = await anyCard();
    const opened = await revealCard(shop.deps, owner, { cardId, reason: "own_card" });
    expect(opened.ok && [...stocked.secrets, "DRAFT-1"].length).toBeTruthy();
    const known = await searchVault(shop.deps, owner, opened.ok ? opened.value.text : new Secret("-"));
    expect(known).toEqual({ ok: true, value: { cardIds: [cardId] } });
    expect(await recordsOf(cardId)).toEqual([{ purpose: "reveal", actor_id: owner.userId, reason: "own_card" }]);
    expect((await findCardPage(shop.deps, owner, cardId))?.story[0]).toMatchObject({ kind: "vault_reveal", by: "merchant" });
  });

  test("gives another merchant nothing and writes nothing", async () => {
    const cardId = await anyCard("delivered");
    expect(await revealCard(shop.deps, foreigner, { cardId, reason: "x" })).toEqual({ ok: false, error: "not_found" });
    expect(await recordsOf(cardId)).toEqual([]);
  });

  test("gives nobody anything whose session is not proved, is over, or waits for its factor", async () => {
    const cardId = await anyCard("reserved");
    const asked = () => revealCard(shop.deps, owner, { cardId, reason: "x" });
    const id = owner.stepUp.sessionId;
    for (const broken of [
      `proved_at = clock_timestamp() - interval '${limits.stepUpMinutes} minutes'`,
      "proved_at = NULL",
      "revoked_at = clock_timestamp()",
      "awaits_factor = true",
      "expires_at = clock_timestamp()",
    ]) {
      const [before] = await shop.rows("SELECT proved_at, expires_at FROM session WHERE id = $1", [id]);
      await shop.rows(`UPDATE session SET ${broken} WHERE id = $1`, [id]);
      expect([broken, await asked()]).toEqual([broken, { ok: false, error: "not_found" }]);
      await shop.rows(
        "UPDATE session SET proved_at = $2, expires_at = $3, revoked_at = NULL, awaits_factor = false WHERE id = $1",
        [id, before!.proved_at, before!.expires_at],
      );
    }
    expect(await recordsOf(cardId)).toEqual([]);
    expect((await asked()).ok).toBe(true);
  });

  test("an admin breaks the glass: on record with the reason, in the trail, on the merchant's page and in their mail", async ({
    database,
  }) => {
    const cardId = await anyCard("delivered");
    expect((await revealCard(shop.deps, admin, { cardId, reason: "court order 7" })).ok).toBe(true);
    expect(await recordsOf(cardId)).toEqual([{ purpose: "break_glass", actor_id: admin.userId, reason: "court order 7" }]);
    expect(await shop.deps.db.auditEvent.count({ where: { action: "card.glass_broken", subjectId: cardId } })).toBe(1);
    expect(await listGlassNotices(shop.deps, owner)).toMatchObject([{ reason: "court order 7", cardId }]);
    expect(await listGlassNotices(shop.deps, foreigner)).toEqual([]);
    expect(await tellOfGlass(shop.deps)).toBe(0);
    const postbox = await openPostbox();
    const mailing = openDeps(database, { KAPU_SMTP_URL: postbox.url, KAPU_MAIL_FROM: "Kapu <shop@example.com>" });
    expect([await tellOfGlass(mailing), await tellOfGlass(mailing)]).toEqual([1, 0]);
    const letters = postbox.letters.map(textOf);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toContain("court order 7");
    for (const secret of stocked.secrets) expect(letters[0]).not.toContain(secret);
    await closeDeps(mailing);
    await postbox.close();
  });

  test("the application's role reads no ciphertext and writes no record but through the two functions", async ({
    database,
  }) => {
    const asApp = (sql: string) =>
      withClient(database.app, (client) => client.query(sql)).then(
        () => "allowed",
        (error: { code?: string }) => error.code ?? "failed",
      );
    const DENIED = "42501";
    for (const sql of [
      "SELECT ciphertext FROM card_secret LIMIT 1",
      "SELECT * FROM card_secret LIMIT 1",
      "COPY card_secret TO STDOUT",
      "UPDATE card_secret SET key_id = 'x'",
      "DELETE FROM vault_reveal",
      "UPDATE vault_reveal SET reason = 'nothing'",
      `INSERT INTO vault_reveal (merchant_id, card_ids, purpose, actor_kind, actor_id, session_id, reason)
       VALUES (gen_random_uuid(), ARRAY[gen_random_uuid()], 'reveal', 'merchant', gen_random_uuid(), gen_random_uuid(), 'x')`,
    ])
      expect([sql, await asApp(sql)]).toEqual([sql, DENIED]);
    expect(await asApp("SELECT card_id FROM card_secret LIMIT 1")).toBe("allowed");
  });

  test("a record is never changed or taken away, even by its owner", async () => {
    await expect(shop.rows("DELETE FROM vault_reveal")).rejects.toThrow();
    await expect(shop.rows("UPDATE vault_reveal SET reason = 'nothing'")).rejects.toThrow();
  });
});

describe("finding an exact text", () => {
  test("finds it letter for letter, for its merchant and an admin, and leaves the text nowhere", async () => {
    const text = second.secrets[0]!;
    for (const viewer of [owner, admin])
      expect((await searchVault(shop.deps, viewer, new Secret(text))).ok).toBe(true);
    for (const near of [text.toLowerCase(), `${text} `, text.slice(1)])
      expect(await searchVault(shop.deps, owner, new Secret(near))).toEqual({ ok: false, error: "card_unknown" });
    expect(await searchVault(shop.deps, foreigner, new Secret(text))).toEqual({ ok: false, error: "card_unknown" });
    const trail = await shop.rows<{ row: string }>("SELECT row_to_json(a)::text AS row FROM audit_event a");
    expect(trail.map(({ row }) => row).join()).not.toContain(text);
  });

  test("is answered so often and no more: whoever guesses texts runs out", async () => {
    const guesser = (await signedInAs(shop.deps, await newMerchant(shop.deps))).viewer;
    for (let n = 0; n < limits.vaultSearchesPerWindow; n++)
      expect((await searchVault(shop.deps, guesser, new Secret(`GUESS-${n}`))).ok).toBe(false);
    expect(await searchVault(shop.deps, guesser, new Secret("GUESS"))).toEqual({ ok: false, error: "rate_limited" });
  });
});

describe("taking away many at once", () => {
  test("an export has exactly the texts of the filter, each on record as exported; a foreigner's has none", async () => {
    const target = { query: VaultQuery.parse({ variant: toPublicId("variant", second.variantId) }) };
    const read = async (viewer: Proven<Merchant>) => {
      let text = "";
      for await (const chunk of exportCards(shop.deps, viewer, { target, reason: "moving house" })) text += chunk;
      return text.split("\n").filter(Boolean);
    };
    expect((await read(owner)).sort()).toEqual([...second.secrets, "DRAFT-1", "DRAFT-2", "DRAFT-3"].sort());
    const [row] = await shop.rows<{ n: number }>(
      "SELECT coalesce(sum(cardinality(card_ids)), 0)::int AS n FROM vault_reveal WHERE purpose = 'export' AND reason = 'moving house'",
    );
    expect(row?.n).toBe(33);
    expect(await read(foreigner)).toEqual([]);
  });

  test("an export goes on where a session was proved a while ago, and ends with the session", async () => {
    const target = { query: VaultQuery.parse({ state: "draft" }) };
    const chunks = exportCards(shop.deps, owner, { target, reason: "slow line" });
    await shop.rows("UPDATE session SET proved_at = clock_timestamp() - interval '30 minutes' WHERE id = $1", [
      owner.stepUp.sessionId,
    ]);
    expect((await chunks.next()).value).toContain("DRAFT-1");
    await shop.rows("UPDATE session SET proved_at = clock_timestamp() WHERE id = $1", [owner.stepUp.sessionId]);
  });

  test("a withdrawal takes drafts and cards on sale, never promised or sold ones, and the books still add up", async ({
    database,
  }) => {
    const before = await shop.rows("SELECT id, status FROM card WHERE status IN ('reserved', 'delivered') ORDER BY id");
    const none = { target: { cardIds: [] }, reason: "x" };
    expect(await withdrawCards(shop.deps, owner, none)).toEqual({ ok: false, error: "nothing_chosen" });
    const mine = await readAll(owner, { variant: toPublicId("variant", second.variantId) });
    const named = { target: { cardIds: mine.slice(0, 5) }, reason: "leaked by the supplier" };
    expect(await withdrawCards(shop.deps, foreigner, named)).toEqual({ ok: true, value: { withdrawn: 0, asked: 5 } });
    expect(await withdrawCards(shop.deps, owner, named)).toEqual({ ok: true, value: { withdrawn: 5, asked: 5 } });
    expect(await withdrawCards(shop.deps, owner, named)).toEqual({ ok: true, value: { withdrawn: 0, asked: 5 } });
    const all = { target: { query: VaultQuery.parse({}) }, reason: "closing down" };
    // Buyers order while all is being taken away: each card goes to one of the two.
    const orders = Array.from({ length: 20 }, () => shop.place(stocked.variantId).then(() => 1, () => 0));
    const [result, ...placed] = await Promise.all([withdrawCards(shop.deps, owner, all), ...orders]);
    expect(result.ok && result.value.withdrawn).toBeGreaterThan(0);
    expect(await readAll(owner, { state: "available" })).toEqual([]);
    const after = await shop.rows("SELECT id, status FROM card WHERE status IN ('reserved', 'delivered') ORDER BY id");
    expect(after.length).toBe(before.length + placed.reduce((sum, n) => sum + n, 0));
    expect(after).toEqual(expect.arrayContaining(before));
    await expectInvariants(database);
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
    const places = [{}, { variant: toPublicId("variant", big.variantId) }, { product: toPublicId("product", big.productId) }, { pool: big.poolId }];
    for (const filter of FILTERS)
      for (const place of places) {
        const query = VaultQuery.parse({ ...filter, ...place });
        for (const viewer of [owner, admin, foreigner]) await findPlaces({ db }, viewer, { query, after: undefined, size: 51 });
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
