import fc from "fast-check";
import { endWalletSession, findWalletSession, mintWalletLink } from "@/lib/features/wallets/access";
import { findWallet, openWallet, postMovement } from "@/lib/features/wallets/store";
import { adjustWallet, decideWalletAdjustment } from "@/lib/flows/adjust-wallet";
import { mailWalletLink, openWalletByLink } from "@/lib/flows/open-wallet";
import { payWithBalance } from "@/lib/flows/pay-with-balance";
import { startPayment } from "@/lib/flows/start-payment";
import { newId } from "@/lib/kernel/id";
import { Secret } from "@/lib/kernel/secret";
import { inTransaction } from "@/lib/platform/db";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import { ACCOUNT, openDeps, openShop, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { BALANCE, GIVER, giveBack, giveBalance, newKey, openBalance, SECOND } from "@/tests/support/wallets";

const wordOf = (result: { ok: true; value: unknown } | { ok: false; error: string }): string =>
  result.ok ? String(result.value) : result.error;
let owners = 0;
const newOwner = (): string => `owner-${++owners}@example.com`;

describe("a balance", () => {
  let shop: TestShop;
  let other: Deps;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    other = openDeps(database);
    await openBalance(shop);
  });
  test.afterAll(async ({ database }) => {
    await closeDeps(other);
    await shop.close();
    await expectInvariants(database);
  });

  const balanceOf = async (email: string) => (await findWallet(shop.deps.db, { email, currency: "CNY" }))?.balanceMinor;
  const stateOf = async (id: string) =>
    (
      await shop.rows<{ state: string }>("SELECT status || ' ' || exception AS state FROM orders WHERE id = $1", [id])
    )[0]?.state;
  const entriesOf = async (email: string) =>
    (
      await shop.rows<{ line: string }>(
        "SELECT e.kind || ' ' || e.side || ' ' || e.amount_minor AS line FROM wallet_entry e JOIN wallet w ON w.id = e.wallet_id WHERE w.email = $1 ORDER BY e.id",
        [email],
      )
    ).map(({ line }) => line);
  async function ordered(amount = "50.00", stock: { cards?: number; priceMinor?: bigint } = {}) {
    const email = newOwner();
    if (amount !== "0") await giveBalance(shop, { email, amount });
    const { variantId } = await shop.stock({ cards: 2, ...stock });
    const order = await shop.place(variantId, { accountId: BALANCE, email });
    return { email, order, variantId };
  }

  test("pays an order at once: the debit, the payment and the cards are one, and judged as every payment is", async () => {
    const { email, order } = await ordered();
    expect(order.payment.kind).toBe("balance");
    expect(await payWithBalance(shop.deps, { orderId: order.id, email })).toEqual({ ok: true, value: "settled" });
    expect(await stateOf(order.id)).toBe("delivered none");
    expect(await balanceOf(email)).toBe(4_000n);
    expect(await entriesOf(email)).toEqual([
      "adjustment buyer 5000",
      "adjustment house -5000",
      "payment buyer -1000",
      "payment house 1000",
    ]);
    const events = await shop.rows("SELECT source, verdict FROM payment_event WHERE order_id = $1", [order.id]);
    expect(events).toEqual([{ source: "balance", verdict: "settled" }]);
  });

  test("two tabs and eight clicks are one debit", async () => {
    const { email, order } = await ordered();
    const clicks = Array.from({ length: 8 }, (_, n) =>
      payWithBalance(n % 2 ? other : shop.deps, { orderId: order.id, email }),
    );
    expect(tally((await Promise.all(clicks)).map(wordOf))).toEqual({ settled: 1, repeat: 7 });
    expect(await balanceOf(email)).toBe(4_000n);
    expect(await stateOf(order.id)).toBe("delivered none");
  });

  test("one balance that is enough for one of two orders pays one of them", async () => {
    const { email, order, variantId } = await ordered("10.00", { cards: 5 });
    const second = await shop.place(variantId, { accountId: BALANCE, email });
    const asked = [order, second].map(({ id: orderId }, n) =>
      payWithBalance(n ? other : shop.deps, { orderId, email }),
    );
    expect(tally((await Promise.all(asked)).map(wordOf))).toEqual({ settled: 1, insufficient_balance: 1 });
    expect(await balanceOf(email)).toBe(0n);
  });

  test("too little, nothing at all, and another currency are refusals that move nothing, and the order waits on", async () => {
    const { email, order } = await ordered("9.99");
    expect(wordOf(await payWithBalance(shop.deps, { orderId: order.id, email }))).toBe("insufficient_balance");
    expect(wordOf(await payWithBalance(shop.deps, { orderId: order.id, email: newOwner() }))).toBe(
      "insufficient_balance",
    );
    const dollars = { email, currency: "USD", amount: "100.00", reason: "gift", requestKey: newKey() } as const;
    expect(wordOf(await adjustWallet(shop.deps, GIVER, dollars))).toBe("applied");
    expect(wordOf(await payWithBalance(shop.deps, { orderId: order.id, email }))).toBe("insufficient_balance");
    expect([await balanceOf(email), await stateOf(order.id)]).toEqual([999n, "pending none"]);
  });

  test("an order that was paid, lapsed, or is not to be paid so is not charged for", async () => {
    const late = await ordered();
    await shop.lapse(late.order.id, 5);
    expect(wordOf(await payWithBalance(shop.deps, { orderId: late.order.id, email: late.email }))).toBe("not_payable");
    expect(await balanceOf(late.email)).toBe(5_000n);
    const { variantId } = await shop.stock({ cards: 3 });
    const epay = await shop.place(variantId);
    expect(wordOf(await payWithBalance(shop.deps, { orderId: epay.id, email: late.email }))).toBe("not_found");
    const both = await shop.place(variantId);
    expect((await startPayment(shop.deps, { orderId: both.id, accountId: BALANCE })).ok).toBe(true);
    await shop.pay(both);
    expect(wordOf(await payWithBalance(shop.deps, { orderId: both.id, email: late.email }))).toBe("not_payable");
    expect(await balanceOf(late.email)).toBe(5_000n);
  });

  test("beside a notice of the same order, one of the two settles it and no money is lost", async () => {
    const { variantId } = await shop.stock({ cards: 3 });
    const email = newOwner();
    await giveBalance(shop, { email, amount: "10.00" });
    const order = await shop.place(variantId, { accountId: ACCOUNT, email });
    await startPayment(shop.deps, { orderId: order.id, accountId: BALANCE });
    const [paid] = await Promise.all([payWithBalance(other, { orderId: order.id, email }), shop.pay(order)]);
    const isFirst = paid.ok;
    expect(await balanceOf(email)).toBe(isFirst ? 0n : 1_000n);
    expect(await stateOf(order.id)).toBe(isFirst ? "delivered double_paid" : "delivered none");
  });

  test("killed between the debit and the payment, nothing has moved, and the next click pays once", async () => {
    const { email, order } = await ordered();
    await shop.rows(
      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$",
    );
    await shop.rows(
      "CREATE TRIGGER die BEFORE INSERT ON payment FOR EACH ROW WHEN (NEW.account_id = 'balance') EXECUTE FUNCTION die()",
    );
    await expect(payWithBalance(shop.deps, { orderId: order.id, email })).rejects.toThrow();
    await shop.rows("DROP TRIGGER die ON payment");
    await shop.rows("DROP FUNCTION die()");
    expect([await balanceOf(email), await stateOf(order.id)]).toEqual([5_000n, "pending none"]);
    expect(wordOf(await payWithBalance(shop.deps, { orderId: order.id, email }))).toBe("settled");
    expect(await balanceOf(email)).toBe(4_000n);
  });

  test("a refund goes into the balance at once and once, however often and by however many it is asked", async () => {
    const { variantId } = await shop.stock({ cards: 2 });
    const email = newOwner();
    const order = await shop.place(variantId, { email });
    await shop.pay(order);
    const requestKey = newKey();
    const asked = Array.from({ length: 6 }, () => giveBack(shop, order, { requestKey }));
    const answers = await Promise.all(asked);
    expect(new Set(answers.map((answer) => (answer.ok ? answer.value.id : answer.error))).size).toBe(1);
    expect(await balanceOf(email)).toBe(1_000n);
    expect(await stateOf(order.id)).toBe("refunded none");
    expect(wordOf(await giveBack(shop, order))).toBe("nothing_left");
    expect(await entriesOf(email)).toEqual(["refund buyer 1000", "refund house -1000"]);
  });

  test("two admins who give the same payment back in parts never give more than was paid", async () => {
    const { variantId } = await shop.stock({ cards: 2 });
    const email = newOwner();
    const order = await shop.place(variantId, { email });
    await shop.pay(order);
    const asked = [600n, 600n, 400n].map((amountMinor) => giveBack(shop, order, { amountMinor }));
    const given = (await Promise.all(asked)).flatMap((answer) => (answer.ok ? [answer.value.amountMinor] : []));
    expect(await balanceOf(email)).toBe(given.reduce((sum, amount) => sum + amount, 0n));
    expect((await balanceOf(email)) ?? 0n).toBeLessThanOrEqual(1_000n);
  });

  test("what was paid by balance goes back to the balance that paid, not to the address on the order", async () => {
    const payer = newOwner();
    await giveBalance(shop, { email: payer, amount: "10.00" });
    const { order, email } = await ordered("0");
    expect(wordOf(await payWithBalance(shop.deps, { orderId: order.id, email: payer }))).toBe("settled");
    expect(wordOf(await giveBack(shop, order, { method: "source" }))).toBe("by_hand_only");
    expect((await giveBack(shop, order)).ok).toBe(true);
    expect([await balanceOf(payer), await balanceOf(email)]).toEqual([1_000n, undefined]);
  });

  test("an adjustment within the limit is at once and once; above it nobody is his own second name", async () => {
    const email = newOwner();
    const cmd = { email, currency: "CNY", amount: "1000.00", reason: "goodwill", requestKey: newKey() } as const;
    const twice = await Promise.all([adjustWallet(shop.deps, GIVER, cmd), adjustWallet(other, GIVER, cmd)]);
    expect(twice.map(wordOf)).toEqual(["applied", "applied"]);
    expect(await balanceOf(email)).toBe(100_000n);
    expect(wordOf(await adjustWallet(shop.deps, GIVER, { ...cmd, amount: "999.00" }))).toBe("request_conflict");
    const large = { ...cmd, amount: "1000.01", requestKey: newKey() };
    expect(wordOf(await adjustWallet(shop.deps, GIVER, large))).toBe("waiting");
    const [{ id: adjustmentId } = { id: "" }] = await shop.rows<{ id: string }>(
      "SELECT id FROM wallet_adjustment WHERE request_key = $1",
      [large.requestKey],
    );
    const decide = (admin: typeof GIVER, deps = shop.deps) =>
      decideWalletAdjustment(deps, admin, { adjustmentId, isConfirmed: true });
    expect(wordOf(await decide(GIVER))).toBe("own_proposal");
    expect(await balanceOf(email)).toBe(100_000n);
    const pressed = await Promise.all([decide(SECOND), decide(SECOND, other)]);
    expect(tally(pressed.map(wordOf))).toEqual({ applied: 1, proposal_gone: 1 });
    expect(await balanceOf(email)).toBe(200_001n);
    const own = "UPDATE wallet_adjustment SET status = 'proposed', decided_by = NULL, decided_at = NULL WHERE id = $1";
    await expect(shop.rows(own, [adjustmentId])).rejects.toThrow();
  });

  test("no more is taken than there is, and merchants neither give nor take", async () => {
    const email = newOwner();
    await giveBalance(shop, { email, amount: "5.00" });
    const take = { email, currency: "CNY", amount: "-5.01", reason: "mistake", requestKey: newKey() } as const;
    expect(wordOf(await adjustWallet(shop.deps, GIVER, take))).toBe("insufficient_balance");
    const fromNobody = { ...take, email: newOwner(), requestKey: newKey() };
    expect(wordOf(await adjustWallet(shop.deps, GIVER, fromNobody))).toBe("insufficient_balance");
    expect(wordOf(await adjustWallet(shop.deps, GIVER, { ...take, amount: "-5.00", requestKey: newKey() }))).toBe(
      "applied",
    );
    expect(await balanceOf(email)).toBe(0n);
    const merchant = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    expect(wordOf(await adjustWallet(shop.deps, merchant, { ...take, requestKey: newKey() }))).toBe("not_allowed");
    const decided = await decideWalletAdjustment(shop.deps, merchant, { adjustmentId: newId(), isConfirmed: true });
    expect(wordOf(decided)).toBe("not_allowed");
  });

  test("the database itself refuses a lopsided movement, a changed entry, an overdrawn balance and another owner", async () => {
    const email = newOwner();
    await giveBalance(shop, { email, amount: "1.00" });
    const wallet = await findWallet(shop.deps.db, { email, currency: "CNY" });
    const insert = `INSERT INTO wallet_entry (movement_id, wallet_id, side, book, kind, amount_minor, currency, request_key, at)
      VALUES (gen_random_uuid(), $1, 'buyer', 'buyers', 'adjustment', 5, 'CNY', 'one side only', now())`;
    await expect(shop.rows(insert, [wallet?.id])).rejects.toThrow("does not sum to zero");
    await expect(
      shop.rows("UPDATE wallet_entry SET amount_minor = 7 WHERE wallet_id = $1", [wallet?.id]),
    ).rejects.toThrow();
    await expect(shop.rows("DELETE FROM wallet_entry WHERE wallet_id = $1", [wallet?.id])).rejects.toThrow();
    await expect(shop.rows("UPDATE wallet SET balance_minor = -1 WHERE id = $1", [wallet?.id])).rejects.toThrow();
    await expect(
      shop.rows("UPDATE wallet SET email = 'thief@example.com' WHERE id = $1", [wallet?.id]),
    ).rejects.toThrow();
  });

  test("any run of movements, told twice and at once, ends at the sum of those that were taken, and was never below zero", async () => {
    const step = fc.record({
      amount: fc.bigInt({ min: -60n, max: 60n }).filter((n) => n !== 0n),
      key: fc.nat({ max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const owner = { email: newOwner(), currency: "CNY" } as const;
        const run = newKey();
        const post = ({ amount, key }: { amount: bigint; key: number }, deps: Deps) =>
          inTransaction(deps.db, async (tx) => {
            const wallet = await openWallet(tx, owner);
            return postMovement(tx, {
              ...{ walletId: wallet.id, kind: "adjustment", amountMinor: amount, currency: "CNY", orderId: null },
              requestKey: `${run}:${key}`,
            });
          });
        const answers = await Promise.all(steps.map((one, n) => post(one, n % 2 ? other : shop.deps)));
        const taken = new Map<string, bigint>();
        for (const [n, answer] of answers.entries())
          if (answer.ok) taken.set(answer.value.movementId, steps[n]?.amount ?? 0n);
        const fresh = answers.filter((answer) => answer.ok && answer.value.isNew).length;
        expect(fresh).toBe(taken.size);
        expect((await balanceOf(owner.email)) ?? 0n).toBe(
          [...taken.values()].reduce((sum, amount) => sum + amount, 0n),
        );
      }),
      { numRuns: 25 },
    );
  });

  test("a mailed link opens the balances of its address once, and a session ends when it is ended", async () => {
    const email = newOwner();
    await giveBalance(shop, { email, amount: "1.00" });
    const link = await mintWalletLink(shop.deps, email);
    const opened = await Promise.all([1, 2, 3].map(() => openWalletByLink(shop.deps, { link })));
    expect(tally(opened.map(({ ok }) => String(ok)))).toEqual({ true: 1, false: 2 });
    const session = opened.find((one) => one.ok)?.value as Secret;
    expect(await findWalletSession(shop.deps, session)).toBe(email);
    expect(await findWalletSession(shop.deps, link)).toBeNull();
    expect(await openWalletByLink(shop.deps, { link: session })).toEqual({ ok: false, error: "not_found" });
    expect(await findWalletSession(shop.deps, new Secret("x".repeat(43)))).toBeNull();
    await endWalletSession(shop.deps, session);
    expect(await findWalletSession(shop.deps, session)).toBeNull();
    const stale = await mintWalletLink(shop.deps, email);
    await shop.rows("UPDATE wallet_access SET expires_at = now() WHERE email = $1", [email]);
    expect((await openWalletByLink(shop.deps, { link: stale })).ok).toBe(false);
  });

  test("asking for a link tells nobody whether there is a balance, and floods no mailbox", async () => {
    const email = newOwner();
    const ask = (to: string) => mailWalletLink(shop.deps, { email: to, locale: "zh", addressKey: "203.0.113.9" });
    expect(await ask(email)).toEqual({ ok: true, value: null });
    await giveBalance(shop, { email, amount: "1.00" });
    for (let n = 0; n < 8; n++) expect(await ask(` ${email.toUpperCase()} `)).toEqual({ ok: true, value: null });
    const mails = await shop.rows("SELECT kind, recipient, status FROM mail WHERE recipient = $1", [email]);
    expect(mails).toEqual(Array(5).fill({ kind: "wallet_link", recipient: email, status: "not_configured" }));
  });
});
