import { sealLedger } from "@/lib/features/ledger/seal";
import { withClient } from "@/lib/platform/with-client";
import { openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { untilSealable } from "../ledger/entries";

describe("the database refuses what the rules forbid", () => {
  let shop: TestShop;
  let stocked: Stocked;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    stocked = await shop.stock({ cards: 50 });
  });
  test.afterAll(() => shop.close());

  const refusal = async (sql: string, values: readonly unknown[] = []): Promise<string> =>
    shop.rows(sql, values).then(
      () => "allowed",
      (error: { code?: string }) => error.code ?? "failed",
    );
  const CHECK = "23514";
  const UNIQUE = "23505";
  const DENIED = "42501";

  async function delivered() {
    const order = await shop.place(stocked.variantId);
    await shop.pay(order);
    const [card] = await shop.rows<{ id: string }>("SELECT id FROM card WHERE order_id = $1", [order.id]);
    return { order, cardId: card?.id as string };
  }

  test("a delivered card is never bound to another order, re-opened or deleted", async () => {
    const { cardId } = await delivered();
    expect(await refusal("UPDATE card SET order_id = gen_random_uuid() WHERE id = $1", [cardId])).toBe(CHECK);
    expect(
      await refusal("UPDATE card SET status = 'available', order_id = NULL, delivered_at = NULL WHERE id = $1", [
        cardId,
      ]),
    ).toBe(CHECK);
    expect(await refusal("UPDATE card SET status = 'reserved' WHERE id = $1", [cardId])).toBe(CHECK);
    expect(await refusal("DELETE FROM card WHERE id = $1", [cardId])).toBe(CHECK);
    expect(await refusal("UPDATE card SET status = 'withdrawn' WHERE id = $1", [cardId])).toBe("allowed");
    expect(
      await refusal("UPDATE card SET status = 'available', order_id = NULL, delivered_at = NULL WHERE id = $1", [
        cardId,
      ]),
    ).toBe(CHECK);
  });

  test("an available card has no order, a reserved one has, and neither changes its owner's ids", async () => {
    const [card] = await shop.rows<{ id: string }>(
      "SELECT id FROM card WHERE variant_id = $1 AND status = 'available' LIMIT 1",
      [stocked.variantId],
    );
    expect(await refusal("UPDATE card SET order_id = gen_random_uuid() WHERE id = $1", [card?.id])).toBe(CHECK);
    expect(await refusal("UPDATE card SET status = 'reserved' WHERE id = $1", [card?.id])).toBe(CHECK);
    expect(await refusal("UPDATE card SET variant_id = gen_random_uuid() WHERE id = $1", [card?.id])).toBe(CHECK);
    const order = await shop.place(stocked.variantId);
    expect(await refusal("UPDATE card SET order_id = gen_random_uuid() WHERE order_id = $1", [order.id])).toBe(CHECK);
  });

  test("a card that is put aside is neither reserved nor delivered nor bound to an order, and a withdrawn one is not put aside", async () => {
    const [card] = await shop.rows<{ id: string }>(
      "UPDATE card SET status = 'quarantined' WHERE id = (SELECT id FROM card WHERE variant_id = $1 AND status = 'available' LIMIT 1) RETURNING id",
      [stocked.variantId],
    );
    const becomes = (change: string) => refusal(`UPDATE card SET ${change} WHERE id = $1`, [card?.id]);
    expect(await becomes("status = 'reserved', order_id = gen_random_uuid()")).toBe(CHECK);
    expect(await becomes("status = 'delivered', order_id = gen_random_uuid(), delivered_at = now()")).toBe(CHECK);
    expect(await becomes("order_id = gen_random_uuid()")).toBe(CHECK);
    expect(await becomes("status = 'withdrawn'")).toBe("allowed");
    expect(await becomes("status = 'quarantined'")).toBe(CHECK);
  });

  test("an order moves along the table of transitions only, and its money and cards never shrink", async () => {
    const { order } = await delivered();
    for (const status of ["pending", "paid", "expired", "cancelled"]) {
      expect(await refusal("UPDATE orders SET status = $2 WHERE id = $1", [order.id, status]), status).toBe(CHECK);
    }
    expect(await refusal("UPDATE orders SET card_ids = '{}' WHERE id = $1", [order.id])).toBe(CHECK);
    expect(await refusal("UPDATE orders SET paid_minor = paid_minor - 1 WHERE id = $1", [order.id])).toBe(CHECK);
    expect(await refusal("UPDATE orders SET total_minor = 1 WHERE id = $1", [order.id])).toBe(CHECK);
    expect(await refusal("DELETE FROM orders WHERE id = $1", [order.id])).toBe(CHECK);
    const pending = await shop.place(stocked.variantId);
    expect(await refusal("UPDATE orders SET status = 'delivered' WHERE id = $1", [pending.id])).toBe(CHECK);
    expect(await refusal("UPDATE orders SET status = 'refunded' WHERE id = $1", [pending.id])).toBe(CHECK);
  });

  test("history is append-only, even for its owner", async ({ database }) => {
    await delivered();
    await untilSealable(database.app);
    await sealLedger(shop.deps);
    for (const table of [
      "stock_entry",
      "stock_block",
      "order_event",
      "payment",
      "order_line",
      "audit_event",
      "reveal_record",
    ]) {
      const [row] = await shop.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
      if (row?.n === 0) continue;
      expect(await refusal(`DELETE FROM ${table}`), table).toBe(CHECK);
    }
    expect(await refusal("UPDATE payment SET amount_minor = 1")).toBe(CHECK);
    expect(await refusal("UPDATE payment_event SET raw = ''")).toBe(CHECK);
    expect(await refusal("UPDATE stock_entry SET kind = 'release'")).toBe(CHECK);
    expect(await refusal("UPDATE stock_block SET era = 2")).toBe(CHECK);
    for (const table of ["stock_entry", "stock_block"]) expect(await refusal(`TRUNCATE ${table}`), table).toBe(CHECK);
  });

  test("one payment per account and gateway number, one order per scope and key, one card per variant and fingerprint", async () => {
    await delivered();
    expect(
      await refusal(
        "INSERT INTO payment SELECT gen_random_uuid(), account_id, gateway_trade_number, order_id, attempt_id, event_id, amount_minor, currency, verdict, received_at FROM payment LIMIT 1",
      ),
    ).toBe(UNIQUE);
    expect(
      await refusal(
        "INSERT INTO card_secret SELECT gen_random_uuid(), variant_id, key_id, fingerprint, ciphertext FROM card_secret LIMIT 1",
      ),
    ).toBe(UNIQUE);
  });

  test("the application's role cannot read a ciphertext, write a reveal record or change history", async ({
    database,
  }) => {
    const { order } = await delivered();
    const asApp = (sql: string, values: readonly unknown[] = []) =>
      withClient(database.app, (client) => client.query(sql, [...values])).then(
        (result) => result.rowCount ?? 0,
        (error: { code?: string }) => error.code ?? "failed",
      );
    expect(await asApp("SELECT ciphertext FROM card_secret LIMIT 1")).toBe(DENIED);
    expect(
      await asApp(
        "INSERT INTO reveal_record (order_id, card_ids, actor_kind, reason) VALUES ($1, '{}', 'buyer', 'x')",
        [order.id],
      ),
    ).toBe(DENIED);
    expect(await asApp("UPDATE stock_entry SET kind = 'release'")).toBe(DENIED);
    expect(await asApp("DELETE FROM payment_event")).toBe(DENIED);
    expect(await asApp("DELETE FROM orders")).toBe(DENIED);
    expect(await asApp("SELECT * FROM reveal_cards($1, 'buyer', NULL, 'test', NULL, '')", [order.id])).toBe(1);
  });

  test("the audit's role reads no secret and writes nothing", async ({ database }) => {
    const asAudit = (sql: string) =>
      withClient(database.audit, (client) => client.query(sql)).then(
        () => "allowed",
        (error: { code?: string }) => error.code ?? "failed",
      );
    for (const secret of [
      "ciphertext FROM card_secret",
      "data_key FROM batch",
      "settings FROM gateway_account",
      "password_hash FROM app_user",
      "token_hash FROM order_link",
    ]) {
      expect(await asAudit(`SELECT ${secret}`), secret).toBe(DENIED);
    }
    expect(await asAudit("UPDATE orders SET locale = 'en'")).toBe(DENIED);
    expect(await asAudit("SELECT count(*) FROM card")).toBe("allowed");
  });
});
