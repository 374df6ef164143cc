import { findQuotaOfCard, listQuotasOfOrder, sumQuotasOfBatch } from "@/lib/features/quota/queries";
import { generateKeys } from "@/lib/flows/generate-keys";
import { revealOrder } from "@/lib/flows/reveal-order";
import { type Spent, spendQuota } from "@/lib/flows/spend-quota";
import { newId } from "@/lib/kernel/id";
import { Secret } from "@/lib/kernel/secret";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { openDeps, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { quota, shop, useQuotaScene } from "./quota-scene";

describe("a key that is spent piece by piece", () => {
  useQuotaScene();

  const spend = (key: string, callId: string, uses = 1, deps: Deps = shop.deps): Promise<Spent> =>
    spendQuota(deps, { key: new Secret(key), callId, uses });
  const verdictsOf = (spent: readonly Spent[]) => tally(spent.map(({ verdict }) => verdict));

  test("is an ordinary card: sold once, shown to its buyer alone, and every use counted", async () => {
    const { order, keys } = await quota.sell({ uses: 5, quantity: 2 });
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^kq_[0-9A-Z]{52}$/);
    const [key] = keys as [string];
    expect(await spend(key, "call-0001", 2)).toEqual({ verdict: "spent", uses: 2, used: 2, usesMax: 5 });
    expect(await spend(key, "call-0002", 3)).toEqual({ verdict: "spent", uses: 3, used: 5, usesMax: 5 });
    expect(await spend(key, "call-0003")).toEqual({ verdict: "exhausted", uses: 1, used: 5, usesMax: 5 });
    expect(await spend(key, "call-0001", 2)).toEqual({ verdict: "replayed", uses: 2, used: 2, usesMax: 5 });
    expect(await spend(key, "call-0001", 1)).toMatchObject({ verdict: "idempotency_conflict" });
    const again = await revealOrder(shop.deps, { orderId: order.id, actor: { kind: "buyer" } });
    expect(again.ok && again.value.secrets.map(({ text }) => text.reveal())).toEqual(keys);
  });

  test("however many call at once from two processes, exactly as much is spent as it is good for", async ({
    database,
  }) => {
    const { keys } = await quota.sell({ uses: 200 });
    const [key] = keys as [string];
    const other = openDeps(database);
    const spent = await Promise.all(
      Array.from({ length: 250 }, (_, n) => spend(key, `crowd-call-${n}`, 1, n % 2 ? shop.deps : other)),
    );
    expect(verdictsOf(spent)).toEqual({ spent: 200, exhausted: 50 });
    const counts = spent.flatMap(({ verdict, used }) => (verdict === "spent" ? [used] : []));
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    await closeDeps(other);
  });

  test("calls of different sizes: whatever fits is spent, and what is refused fits no more", async ({ database }) => {
    const { keys } = await quota.sell({ uses: 50 });
    const [key] = keys as [string];
    const other = openDeps(database);
    const sizes = Array.from({ length: 60 }, (_, n) => 1 + (n % 7));
    const spent = await Promise.all(
      sizes.map((size, n) => spend(key, `size-call-${n}`, size, n % 2 ? shop.deps : other)),
    );
    const left = 50 - spent.reduce((sum, { verdict, uses }) => sum + (verdict === "spent" ? uses : 0), 0);
    expect(left).toBeGreaterThanOrEqual(0);
    for (const { verdict, uses } of spent)
      if (verdict !== "spent") expect([verdict, uses > left]).toEqual(["exhausted", true]);
    await closeDeps(other);
  });

  test("the same call a hundred times at once, from two processes, is one use, and everybody hears the same", async ({
    database,
  }) => {
    const { keys } = await quota.sell({ uses: 3 });
    const [key] = keys as [string];
    const other = openDeps(database);
    const spent = await Promise.all(
      Array.from({ length: 100 }, (_, n) => spend(key, "the-one-call", 2, n % 2 ? shop.deps : other)),
    );
    expect(verdictsOf(spent)).toEqual({ spent: 1, replayed: 99 });
    expect(new Set(spent.map(({ used }) => used))).toEqual(new Set([2]));
    expect((await spend(key, "another-call", 2)).verdict).toBe("exhausted");
    // A refusal leaves the call unused: with less it may be asked again.
    expect((await spend(key, "another-call", 1)).verdict).toBe("spent");
    await closeDeps(other);
  });

  test("two calls of one name that ask for different things at once: one is counted, the other is told", async () => {
    const { keys } = await quota.sell({ uses: 10 });
    const [key] = keys as [string];
    const spent = await Promise.all([1, 2].map((uses) => spend(key, "same-name", uses)));
    expect(verdictsOf(spent)).toEqual({ spent: 1, idempotency_conflict: 1 });
  });

  test("many keys in crossed order from two processes: no deadlock, and none takes from another", async ({
    database,
  }) => {
    const { keys } = await quota.sell({ uses: 20, quantity: 40 });
    const other = openDeps(database);
    const calls = keys.flatMap((key) => Array.from({ length: 12 }, (_, n) => ({ key, callId: `crossed-${n}` })));
    const ways = [calls, calls.toReversed().map(({ key, callId }) => ({ key, callId: `${callId}-back` }))];
    const spent = await Promise.all(
      ways.flatMap((way, n) => way.map(({ key, callId }) => spend(key, callId, 1, n ? other : shop.deps))),
    );
    expect(verdictsOf(spent)).toEqual({ spent: 800, exhausted: 160 });
    const rows = await shop.rows<{ used: number }>("SELECT DISTINCT used FROM quota WHERE uses_max = 20");
    expect(rows).toEqual([{ used: 20 }]);
    await closeDeps(other);
  });

  test("a key of a card that nobody has bought, or that is not paid for, is like one that never was", async () => {
    const stocked = await quota.stock({ uses: 5, count: 2 });
    const unsold = await quota.peek(stocked.variantId);
    expect(await Promise.all(unsold.map((key) => spend(key, "too-early")))).toMatchObject([
      { verdict: "not_found" },
      { verdict: "not_found" },
    ]);
    const order = await shop.place(stocked.variantId, { quantity: 2 });
    expect(await spend(unsold[0] as string, "too-early")).toMatchObject({ verdict: "not_found" });
    await shop.pay(order);
    expect(await spend(unsold[0] as string, "too-early")).toMatchObject({ verdict: "spent", used: 1 });
    expect(await spend(`kq_${"0".repeat(52)}`, "invented")).toMatchObject({
      verdict: "not_found",
      used: 0,
      usesMax: 0,
    });
  });

  test("its buyer and its merchant see what is left, an admin sees all, and another merchant nothing", async () => {
    const { order, stocked, keys } = await quota.sell({ uses: 9, quantity: 2, spare: 1 });
    await spend(keys[1] as string, "one-call", 4);
    const [card] = await shop.rows<{ id: string; batch: string }>(
      "SELECT o.card_ids[2] AS id, c.batch_id AS batch FROM orders o JOIN card c ON c.id = o.card_ids[2] WHERE o.id = $1",
      [order.id],
    );
    const { id = "", batch = "" } = card ?? {};
    expect(await listQuotasOfOrder(shop.deps, order.id)).toEqual([
      { position: 1, used: 0, usesMax: 9 },
      { position: 2, used: 4, usesMax: 9 },
    ]);
    const admin = { kind: "admin", userId: newId() } as const;
    const stranger = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    for (const viewer of [quota.owner, admin]) {
      expect(await findQuotaOfCard(shop.deps, viewer, id)).toEqual({ used: 4, usesMax: 9 });
      expect(await sumQuotasOfBatch(shop.deps, viewer, batch)).toEqual({ keys: 3, begun: 1, used: 4n, usesMax: 27n });
    }
    expect(await findQuotaOfCard(shop.deps, stranger, id)).toBe(null);
    expect(await sumQuotasOfBatch(shop.deps, stranger, batch)).toBe(null);
    expect(await sumQuotasOfBatch(shop.deps, quota.owner, newId())).toBe(null);
    const pending = await shop.place((await quota.stock({ uses: 9, count: 1 })).variantId);
    expect(await listQuotasOfOrder(shop.deps, pending.id)).toEqual([]);
    expect(stocked.merchantId).toBe(quota.owner.merchantId);
  });

  test("keys are made once for a form, and of the viewer's own variants alone", async () => {
    const stocked = await shop.stock({ cards: 0 });
    const { owner } = quota;
    const form = { batchId: newId(), variantId: stocked.variantId, count: 7_000, uses: 3, note: "n" };
    const twice = await Promise.all([generateKeys(shop.deps, owner, form), generateKeys(shop.deps, owner, form)]);
    expect(twice.map((made) => made.ok)).toEqual([true, true]);
    expect(await generateKeys(shop.deps, owner, form)).toEqual({
      ok: true,
      value: { batchId: form.batchId, added: 0 },
    });
    const [row] = await shop.rows<{ cards: number; quotas: number }>(
      `SELECT count(*)::int AS cards, count(q.card_id)::int AS quotas FROM card c LEFT JOIN quota q ON q.card_id = c.id
        WHERE c.variant_id = $1 AND c.status = 'available'`,
      [stocked.variantId],
    );
    expect(row).toEqual({ cards: 7_000, quotas: 7_000 });
    const stranger = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    const foreign = { ...form, batchId: newId() };
    expect(await generateKeys(shop.deps, stranger, foreign)).toEqual({ ok: false, error: "not_found" });
    await shop.deps.db.variant.update({ where: { id: stocked.variantId }, data: { kind: "manual", manualHours: 1 } });
    expect(await generateKeys(shop.deps, owner, foreign)).toEqual({ ok: false, error: "manual_kind" });
  });
});
