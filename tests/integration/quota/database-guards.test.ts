import { addChunk, discardBatch, openBatch } from "@/lib/features/inventory/import-store";
import { insertQuotas } from "@/lib/features/quota/store";
import { generateKeys } from "@/lib/flows/generate-keys";
import { spendQuota } from "@/lib/flows/spend-quota";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import { newDataKey } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import { withClient } from "@/lib/platform/with-client";
import { describe, expect, test } from "@/tests/support/test";
import { quota, shop, useQuotaScene } from "./quota-scene";

const CHECK = "23514";
const DENIED = "42501";

describe("the database refuses of keys what the rules forbid", () => {
  useQuotaScene();

  const codeOf = (asked: Promise<unknown>): Promise<string> =>
    asked.then(
      () => "allowed",
      (error: { code?: string }) => error.code ?? "failed",
    );
  const refusal = (sql: string, values: readonly unknown[] = []) => codeOf(shop.rows(sql, values));

  async function begun(): Promise<string> {
    const { order, keys } = await quota.sell({ uses: 5 });
    await spendQuota(shop.deps, { key: new Secret(keys[0] as string), callId: "first-call", uses: 3 });
    const [card] = await shop.rows<{ id: string }>("SELECT id FROM card WHERE order_id = $1", [order.id]);
    return card?.id as string;
  }

  test("a key is never good for more, given to another, spent less, beyond its maximum, closed, or before it is anybody's", async () => {
    const cardId = await begun();
    const becomes = (change: string) => refusal(`UPDATE quota SET ${change} WHERE card_id = $1`, [cardId]);
    expect(await becomes("uses_max = 50")).toBe(CHECK);
    expect(await becomes("key_hash = sha256('x')")).toBe(CHECK);
    expect(await becomes("order_id = gen_random_uuid()")).toBe(CHECK);
    expect(await becomes("used = 2")).toBe(CHECK);
    expect(await becomes("used = 6")).toBe(CHECK);
    expect(await refusal("DELETE FROM quota WHERE card_id = $1", [cardId])).toBe(CHECK);
    expect(await becomes("is_open = false")).toBe("allowed");
    expect(await becomes("used = 4")).toBe(CHECK);
    const { variantId } = await quota.stock({ uses: 5, count: 1 });
    for (const change of ["used = 1", "is_open = true"])
      expect(await refusal(`UPDATE quota SET ${change} WHERE variant_id = $1`, [variantId]), change).toBe(CHECK);
  });

  test("a use stays as it was, and a call is counted once", async () => {
    const cardId = await begun();
    expect(await refusal("UPDATE quota_use SET uses = 1 WHERE card_id = $1", [cardId])).toBe(CHECK);
    expect(await refusal("DELETE FROM quota_use WHERE card_id = $1", [cardId])).toBe(CHECK);
    const again = "INSERT INTO quota_use (card_id, call_id, uses, used_after) VALUES ($1, 'first-call', 1, 4)";
    expect(await refusal(again, [cardId])).toBe("23505");
  });

  test("a card that somebody may have been given becomes no key, and no batch lends its cards to another's", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const insert = (columns: string, where: string) =>
      refusal(
        `INSERT INTO quota (card_id, merchant_id, variant_id, batch_id, key_hash, uses_max) SELECT ${columns}, sha256('x'), 5 FROM card WHERE ${where}`,
        [variantId],
      );
    expect(await insert("id, merchant_id, variant_id, batch_id", "variant_id = $1")).toBe(CHECK);
    expect(await insert("gen_random_uuid(), merchant_id, variant_id, batch_id", "variant_id = $1")).toBe(CHECK);
    const drafts = await quota.stock({ uses: 1, count: 1 });
    expect(
      await insert("id, gen_random_uuid(), variant_id, batch_id", `variant_id IN ($1, '${drafts.variantId}')`),
    ).toBe(CHECK);
  });

  test("keys of a batch that broke off are gone with its cards", async () => {
    const { variantId, merchantId, poolId } = await shop.stock({ cards: 0 });
    const place = { batchId: newId(), variantId, merchantId, poolId };
    const { batchId } = place;
    const { wrapped, keyId } = newDataKey(shop.deps.keys, place);
    await openBatch(shop.deps.db, { ...place, wrapped, keyId, createdBy: null, isPublishRequested: true, note: "" });
    const cardId = newId();
    const card = { id: cardId, fingerprint: "00".repeat(16), ciphertext: "00".repeat(40) };
    const chunk = { cards: [card], lineCount: 1, rejectedCount: 0, position: 0, rejects: [] };
    await inTransaction(shop.deps.db, async (tx) => {
      await addChunk(tx, batchId, chunk);
      await insertQuotas(tx, { batchId, usesMax: 5 }, [{ cardId, keyHash: "00".repeat(32) }]);
      return ok(null);
    });
    expect(await shop.rows("SELECT card_id FROM quota WHERE batch_id = $1", [batchId])).toEqual([{ card_id: cardId }]);
    await discardBatch(shop.deps.db, batchId, "interrupted");
    expect(await shop.rows("SELECT 1 FROM quota WHERE batch_id = $1", [batchId])).toEqual([]);
    // Whoever sends the form again hears so, and does not take them for made.
    const form = { batchId, variantId, count: 1, uses: 5, note: "" };
    expect(await generateKeys(shop.deps, quota.owner, form)).toEqual({ ok: false, error: "interrupted" });
  });

  test("the application counts and opens, and nothing else; the audit reads no hash", async ({ database }) => {
    const cardId = await begun();
    const as = (url: string, sql: string) => codeOf(withClient(url, (client) => client.query(sql)));
    for (const change of ["UPDATE quota SET uses_max = 1", "DELETE FROM quota", "UPDATE quota_use SET uses = 1"])
      expect(await as(database.app, `${change} WHERE card_id = '${cardId}'`), change).toBe(DENIED);
    expect(await as(database.audit, "SELECT key_hash FROM quota")).toBe(DENIED);
    expect(await as(database.audit, "SELECT used FROM quota")).toBe("allowed");
  });

  test("the text of a key lies nowhere in the database", async ({ database }) => {
    const { keys } = await quota.sell({ uses: 5, spare: 1 });
    const tables = await shop.rows<{ name: string }>(
      "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    );
    expect(tables.length).toBeGreaterThan(50);
    await withClient(database.owner, async (client) => {
      for (const { name } of tables) {
        const hex = Buffer.from(keys[0] as string).toString("hex");
        const { rowCount } = await client.query(
          `SELECT 1 FROM ${name} t WHERE position($1 IN t::text) > 0 OR position($2 IN t::text) > 0 LIMIT 1`,
          [keys[0], hex],
        );
        expect(rowCount, name).toBe(0);
      }
    });
  });
});
