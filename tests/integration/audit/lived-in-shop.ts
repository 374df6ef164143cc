import { cancelOrder } from "@/lib/flows/cancel-order";
import { decideDispute } from "@/lib/flows/decide-dispute";
import { drainOutbox } from "@/lib/flows/drain-outbox";
import { expireOrders } from "@/lib/flows/expire-orders";
import { importCards } from "@/lib/flows/import-cards";
import { moveBatch, moveCards } from "@/lib/flows/move-cards";
import { openDispute } from "@/lib/flows/open-dispute";
import { payWithBalance } from "@/lib/flows/pay-with-balance";
import { refreshStockBands } from "@/lib/flows/refresh-stock-bands";
import { revealOrder } from "@/lib/flows/reveal-order";
import { spendQuota } from "@/lib/flows/spend-quota";
import { transferStock } from "@/lib/flows/transfer-cards";
import { newId } from "@/lib/kernel/id";
import { Secret } from "@/lib/kernel/secret";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { closeDeps } from "@/lib/platform/deps";
import { choosing, offer } from "../../support/previews";
import { openQuotaShop } from "../../support/quota";
import { openShop, type TestShop } from "../../support/shop";
import { BALANCE, giveBack, giveBalance, openBalance } from "../../support/wallets";

async function payLate(shop: TestShop): Promise<void> {
  const { variantId } = await shop.stock({ cards: 2 });
  const late = await shop.place(variantId, { quantity: 2 });
  await shop.lapse(late.id, 40);
  await expireOrders(shop.deps);
  await shop.pay(late);
}

/** One order that is owed a card, because another bought what its reservation gave back. */
async function owe(shop: TestShop): Promise<void> {
  const { variantId } = await shop.stock({ cards: 2 });
  const slow = await shop.place(variantId, { quantity: 2 });
  await shop.lapse(slow.id, 40);
  await expireOrders(shop.deps);
  await shop.pay(await shop.place(variantId));
  await shop.pay(slow);
}

async function payWrongly(shop: TestShop): Promise<void> {
  const { variantId } = await shop.stock({ cards: 9 });
  const twice = await shop.place(variantId);
  await shop.pay(twice);
  await shop.pay(twice, { trade: "second-trade" });
  await shop.pay(await shop.place(variantId), { money: "9.99" });
  const corrected = await shop.place(variantId);
  await shop.pay(corrected, { money: "10.01", trade: "too-much" });
  await shop.pay(corrected);
  await shop.pay(await shop.place(variantId), { fields: { out_trade_no: "K0000000000000000000000000000000" } });
}

/** A payment that was told before anybody had committed its order, and again when it was there. */
async function payEarly(shop: TestShop): Promise<void> {
  const { variantId } = await shop.stock({ cards: 2 });
  const early = await shop.place(variantId);
  const alter = (state: string) => shop.rows(`ALTER TABLE payment_attempt ${state} TRIGGER payment_attempt_frozen`);
  const rename = (number: string) =>
    shop.rows(`UPDATE payment_attempt SET out_trade_no = ${number} WHERE order_id = $1`, [early.id]);
  await alter("DISABLE");
  await rename("'X' || out_trade_no");
  await shop.pay(early);
  await rename("substring(out_trade_no FROM 2)");
  await alter("ENABLE");
  await shop.pay(early);
}

async function keepDeducted(shop: TestShop): Promise<void> {
  const { variantId } = await shop.stock({ cards: 3, stockPolicy: "deduct_on_order" });
  const kept = await shop.place(variantId);
  await shop.lapse(kept.id, 40);
  await expireOrders(shop.deps);
}

/** Money that a buyer has in the shop, is given, spends, and gets a part of back. */
async function spendBalance(shop: TestShop): Promise<void> {
  const { variantId } = await shop.stock({ cards: 1 });
  const email = "saver@example.com";
  await giveBalance(shop, { email, amount: "50.00" });
  const order = await shop.place(variantId, { accountId: BALANCE, email });
  await payWithBalance(shop.deps, { orderId: order.id, email });
  await giveBack(shop, order, { amountMinor: 300n });
}

/** An order whose buyer was given a bad card, reported it, and was given a good one. */
async function replace(shop: TestShop): Promise<void> {
  const { variantId } = await shop.stock({ cards: 3 });
  const order = await shop.place(variantId);
  await shop.pay(order);
  await revealOrder(shop.deps, { orderId: order.id, actor: { kind: "buyer" } });
  const disputeId = newId();
  const report = { disputeId, orderId: order.id, position: 1, kind: "invalid", text: "it is refused" } as const;
  await openDispute(shop.deps, { ...report, addressHash: null, userAgent: "", addressKey: "here" });
  const words = { disputeId, decisionId: newId(), seen: 1, reason: "a bad card", seenReplacements: 0 };
  await decideDispute(shop.deps, { kind: "admin", userId: newId() }, { ...words, outcome: "replace" });
  await revealOrder(shop.deps, { orderId: order.id, actor: { kind: "buyer" } });
}

/** A batch that was put aside and returned; then one card of it was withdrawn, and one put aside again. */
async function recall(shop: TestShop): Promise<void> {
  const { variantId, merchantId } = await shop.stock({ cards: 3 });
  const cards = await shop.rows<{ id: string; batchId: string }>(
    'SELECT id, batch_id AS "batchId" FROM card WHERE variant_id = $1 ORDER BY id',
    [variantId],
  );
  const [first, second] = cards.map(({ id }) => id);
  const batchId = cards[0]?.batchId as string;
  const owner = { kind: "merchant", userId: newId(), merchantId } as const;
  const reason = "supplier says so";
  await moveBatch(shop.deps, owner, { moveId: newId(), batchId, kind: "quarantine", reason });
  await moveBatch(shop.deps, owner, { moveId: newId(), batchId, kind: "restore", reason });
  await moveCards(shop.deps, owner, { moveId: newId(), cardIds: [first as string], kind: "withdraw", reason });
  await moveCards(shop.deps, owner, { moveId: newId(), cardIds: [second as string], kind: "quarantine", reason });
}

/** Cards that went from one pool to another, and one of them on. */
async function transfer(shop: TestShop): Promise<void> {
  const { variantId, merchantId, poolId } = await shop.stock({ cards: 3 });
  const owner = { kind: "merchant", userId: newId(), merchantId } as const;
  const toPoolId = newId();
  await shop.deps.db.stockPool.create({ data: { id: toPoolId, merchantId, slug: "overseas", name: "Overseas" } });
  const wish = { variantId, fromPoolId: poolId, toPoolId, quantity: 2, reason: "overseas sale" };
  await transferStock(shop.deps, owner, { ...wish, moveId: newId() });
  const back = { fromPoolId: toPoolId, toPoolId: poolId, quantity: 1 };
  await transferStock(shop.deps, owner, { ...wish, ...back, moveId: newId() });
}

/** A key that its buyer has begun to spend. */
async function spend(shop: TestShop): Promise<void> {
  const { sell } = await openQuotaShop(shop);
  const { keys } = await sell({ uses: 10, spare: 1 });
  const key = new Secret(keys[0] as string);
  for (const callId of ["first-call", "second-call"]) await spendQuota(shop.deps, { key, callId, uses: 2 });
}

/** A card that its buyer chose and was given, and one that nobody has chosen yet. */
async function choose(shop: TestShop): Promise<void> {
  const stocked = await shop.stock({ cards: 3 });
  const [choice] = await offer(shop, stocked, 2);
  await shop.pay(await shop.place(stocked.variantId, choosing(choice)));
}

/** A database in which each kind of order and card exists that the shop can make by itself today. */
export async function liveALittle(urls: DatabaseUrls): Promise<void> {
  const shop = await openShop(urls);
  await openBalance(shop);
  const { variantId, merchantId } = await shop.stock({ cards: 12 });
  const bought = await shop.place(variantId, { quantity: 2 });
  await shop.pay(bought);
  await shop.pay(bought);
  await revealOrder(shop.deps, { orderId: bought.id, actor: { kind: "buyer" } });
  await shop.pay(await shop.place(variantId));
  await shop.place(variantId, { quantity: 3 });
  const regretted = await shop.place(variantId);
  await cancelOrder(shop.deps, { orderId: regretted.id, actor: { kind: "buyer" } });
  const forgotten = await shop.place(variantId);
  await shop.lapse(forgotten.id, 40);
  await expireOrders(shop.deps);
  await payLate(shop);
  await owe(shop);
  await payWrongly(shop);
  await payEarly(shop);
  await keepDeducted(shop);
  await spendBalance(shop);
  await recall(shop);
  await replace(shop);
  await transfer(shop);
  await spend(shop);
  await choose(shop);
  const onPayment = await shop.stock({ cards: 2, stockPolicy: "claim_on_payment" });
  await shop.pay(await shop.place(onPayment.variantId));
  await importCards(shop.deps, {
    variantId,
    merchantId,
    source: (async function* () {
      yield Buffer.from("draft one\ndraft two\n\ndraft one\n");
    })(),
    actor: { kind: "command_line" },
    publish: false,
  });
  await refreshStockBands(shop.deps);
  await drainOutbox(shop.deps, async () => {});
  await closeDeps(shop.deps);
}
