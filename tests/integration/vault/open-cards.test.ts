import { findCardPage, listGlassNotices } from "@/lib/features/vault/card-story";
import { VaultQuery } from "@/lib/features/vault/schema";
import { exportCards } from "@/lib/flows/export-cards";
import { moveVaultCards } from "@/lib/flows/move-vault-cards";
import { revealCard } from "@/lib/flows/reveal-card";
import { searchVault } from "@/lib/flows/search-vault";
import { tellOfGlass } from "@/lib/flows/tell-of-glass";
import { newId, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { closeDeps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { expectInvariants } from "@/tests/support/invariants";
import { openPostbox, textOf } from "@/tests/support/postbox";
import { openDeps } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { newMerchant } from "../merchants/shops";
import { signedInAs } from "./people";
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
    expect(opened.ok && opened.value.text.reveal()).toMatch(/^CARD-[0-9a-f]{18}$/);
    const known = await searchVault(shop.deps, owner, opened.ok ? opened.value.text : new Secret("-"));
    expect(known).toEqual({ ok: true, value: { cardIds: [cardId] } });
    expect(await recordsOf(cardId)).toEqual([{ purpose: "reveal", actor_id: owner.userId, reason: "own_card" }]);
    expect((await findCardPage(shop.deps, owner, cardId))?.story[0]).toMatchObject({
      kind: "vault_reveal",
      by: "merchant",
    });
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
    expect(await recordsOf(cardId)).toEqual([
      { purpose: "break_glass", actor_id: admin.userId, reason: "court order 7" },
    ]);
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
    for (const viewer of [owner, admin]) expect((await searchVault(shop.deps, viewer, new Secret(text))).ok).toBe(true);
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
    const read = async (viewer: Merchant) => {
      const exported = await exportCards(shop.deps, viewer, { target, format: "txt", reason: "moving house" });
      if (!exported.ok) throw new Error(exported.error);
      let text = "";
      for await (const chunk of exported.value) text += chunk;
      return text.split("\n").filter(Boolean);
    };
    expect((await read(owner)).sort()).toEqual([...second.secrets, "DRAFT-1", "DRAFT-2", "DRAFT-3"].sort());
    const [row] = await shop.rows<{ n: number }>(
      "SELECT coalesce(sum(cardinality(card_ids)), 0)::int AS n FROM vault_reveal WHERE purpose = 'export' AND reason = 'moving house'",
    );
    expect(row?.n).toBe(33);
    expect(await read(foreigner)).toEqual([]);
    const [cardId] = await readAll(owner, {});
    const named = { target: { cardIds: [cardId!] }, format: "txt", reason: "x" } as const;
    expect(await exportCards(shop.deps, foreigner, named)).toEqual({ ok: false, error: "not_found" });
  });

  test("an export goes on where a session was proved a while ago, and ends with the session", async () => {
    const target = { query: VaultQuery.parse({ state: "draft" }) };
    const open = async () => {
      const exported = await exportCards(shop.deps, owner, { target, format: "jsonl", reason: "slow line" });
      if (!exported.ok) throw new Error(exported.error);
      return exported.value;
    };
    const chunks = await open();
    await shop.rows("UPDATE session SET proved_at = clock_timestamp() - interval '30 minutes' WHERE id = $1", [
      owner.stepUp.sessionId,
    ]);
    expect((await chunks.next()).value).toBe('"DRAFT-1"\n"DRAFT-2"\n"DRAFT-3"\n');
    await shop.rows("UPDATE session SET revoked_at = clock_timestamp() WHERE id = $1", [owner.stepUp.sessionId]);
    await expect((await open()).next()).rejects.toThrow();
    await shop.rows("UPDATE session SET revoked_at = NULL WHERE id = $1", [owner.stepUp.sessionId]);
    await shop.rows("UPDATE session SET proved_at = clock_timestamp() WHERE id = $1", [owner.stepUp.sessionId]);
  });

  test("a move takes what is on sale, never what is promised or sold, and the books still add up", async ({
    database,
  }) => {
    const before = await shop.rows("SELECT id, status FROM card WHERE status IN ('reserved', 'delivered') ORDER BY id");
    const aside = { moveId: newId(), kind: "quarantine", reason: "leaked by the supplier" } as const;
    const none = { ...aside, target: { cardIds: [] } };
    expect(await moveVaultCards(shop.deps, owner, none)).toEqual({ ok: false, error: "nothing_chosen" });
    const variant = toPublicId("variant", second.variantId);
    const mine = await readAll(owner, { variant, state: "available" });
    const named = { ...aside, target: { cardIds: mine.slice(0, 5) } };
    expect(await moveVaultCards(shop.deps, foreigner, named)).toEqual({ ok: false, error: "not_found" });
    const done = { ok: true, value: { moved: 5, left: 0 } };
    expect(await moveVaultCards(shop.deps, owner, named)).toEqual(done);
    expect(await readAll(owner, { state: "quarantined" })).toHaveLength(5);
    expect((await findCardPage(shop.deps, owner, mine[0]!))?.story[0]).toMatchObject({
      what: "quarantine",
      reason: "leaked by the supplier",
      by: "merchant",
    });
    const target = { query: VaultQuery.parse({}) };
    const all = { moveId: newId(), kind: "withdraw", reason: "closing down", target } as const;
    // Buyers order while all is being taken away: each card goes to one of the two.
    const orders = Array.from({ length: 20 }, () =>
      shop.place(stocked.variantId).then(
        () => 1,
        () => 0,
      ),
    );
    const [result, twin, ...placed] = await Promise.all([
      moveVaultCards(shop.deps, owner, all),
      moveVaultCards(shop.deps, owner, all),
      ...orders,
    ]);
    expect([result.ok, twin.ok]).toEqual([true, true]);
    for (const state of ["available", "quarantined"]) expect(await readAll(owner, { state })).toEqual([]);
    expect(await readAll(owner, { state: "draft" })).toHaveLength(3);
    const after = await shop.rows("SELECT id, status FROM card WHERE status IN ('reserved', 'delivered') ORDER BY id");
    expect(after.length).toBe(before.length + placed.reduce((sum, n) => sum + n, 0));
    expect(after).toEqual(expect.arrayContaining(before));
    await expectInvariants(database);
  });
});
