import { sealLedger } from "@/lib/features/ledger/seal";
import { resumeProduct } from "@/lib/features/merchants/save-product";
import { newId } from "@/lib/kernel/id";
import { ADMIN } from "@/tests/support/refund-desk";
import { type Case, type Made, many } from "./remedied-case";
import type { RemediedShop } from "./remedied-shop";

/** A product is taken off sale while somebody looks; the rows are put right by hand, and it is put back. */
const halted = (s: RemediedShop, productId: string, about: string, mend: () => Promise<unknown>): Made => ({
  ...{ about, outcome: "halted" },
  mend: async () => [await mend(), await resumeProduct(s.shop.deps, ADMIN, productId)],
});

/** Puts one row aside and back, past everything that guards it. */
async function aside(s: RemediedShop, table: string, where: string): Promise<() => Promise<unknown>> {
  const kept = `kept_${newId().replaceAll("-", "")}`;
  await s.hand([
    `CREATE TABLE ${kept} AS SELECT * FROM ${table} WHERE ${where}`,
    `DELETE FROM ${table} WHERE ${where}`,
  ]);
  return () => s.hand([`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${kept}`, `DROP TABLE ${kept}`]);
}

const cardOf = async (s: RemediedShop, order: { id: string }): Promise<string> => {
  const [card] = await s.shop.rows<{ id: string }>("SELECT id FROM card WHERE order_id = $1", [order.id]);
  return card?.id as string;
};

/** Every remedy of every difference of cards, and of what goes with them. */
export const GOODS_CASES: readonly Case[] = [
  ...many("local_only", "a payment that the books do not have", {
    async halt_product(s) {
      const { order, stocked } = await s.paid();
      const trade = await s.tradeOf(order);
      s.untold.add(trade);
      await s.hand(`DELETE FROM statement_row WHERE gateway_trade_number = '${trade}'`);
      return halted(s, stocked.productId, order.id, async () => s.untold.delete(trade));
    },
  }),
  ...many("card_without_payment", "the payment is gone", {
    async halt_product(s) {
      const { order, stocked } = await s.paid();
      const back = await aside(s, "payment", `order_id = '${order.id}'`);
      return halted(s, stocked.productId, order.id, back);
    },
  }),
  ...many("card_count_mismatch", "one of two cards is not the order's", {
    async halt_product(s) {
      const { order, stocked } = await s.paid(s.paper, { cards: 3, quantity: 2 });
      const cardId = await cardOf(s, order);
      const back = await aside(s, "card", `id = '${cardId}'`);
      return halted(s, stocked.productId, order.id, back);
    },
  }),
  ...many("card_sold_twice", "an order names a card that another buyer has", {
    async halt_product(s) {
      const { stocked, both, undo } = await sharedCard(s);
      return halted(s, stocked.productId, both[1].id, undo);
    },
    async replace_card(s) {
      const { order, stocked } = await s.paid(s.paper, { cards: 3 });
      const other = await s.shop.place(stocked.variantId, { accountId: "paper" });
      await s.pay(other);
      const cardId = await cardOf(s, other);
      const given = `card_ids = card_ids || '${cardId}'::uuid WHERE order_id = '${order.id}' AND kind IN ('deliver', 'claim')`;
      await s.hand(`UPDATE stock_entry SET ${given}`);
      const mend = () =>
        s.hand(
          `UPDATE stock_entry SET ${given.replace("card_ids ||", "array_remove(card_ids,").replace("::uuid", "::uuid)")}`,
        );
      return { about: cardId, input: { position: "1", why: "used" }, outcome: "card_replaced", mend };
    },
  }),
  ...many("reservation_lapsed", "cards held for an order that is over", {
    async release(s) {
      const stocked = await s.shop.stock({ cards: 2 });
      const order = await s.shop.place(stocked.variantId, { quantity: 2, accountId: "paper" });
      await s.shop.lapse(order.id, 3_600);
      return { about: order.id, outcome: "released" };
    },
  }),
  ...many("mail_missing", "a delivery that became no mail", {
    async rerun_job(s) {
      const { order } = await s.paid();
      await s.announce();
      await s.hand(`DELETE FROM mail WHERE order_id = '${order.id}' AND kind = 'order_delivered'`);
      return { about: order.id, outcome: "mail_queued" };
    },
  }),
  ...many("mail_missing", "a delivery that was never announced", {
    async rerun_job(s) {
      const { order } = await s.paid();
      await s.announce();
      await s.hand([
        `DELETE FROM mail WHERE order_id = '${order.id}' AND kind = 'order_delivered'`,
        `DELETE FROM outbox WHERE order_id = '${order.id}' AND kind = 'order.delivered'`,
      ]);
      return { about: order.id, outcome: "mail_queued" };
    },
  }),
  ...many("ledger_gap", "nothing was sealed for a while", {
    async reseal(s) {
      await sealLedger(s.shop.deps);
      await s.paid();
      await s.hand(
        "UPDATE stock_entry SET created_at = created_at - interval '1 hour' WHERE created_at > now() - interval '1 minute'",
      );
      return { about: "unsealed", outcome: "sealed", after: () => s.sealAll() };
    },
  }),
  ...many("price_anomaly", "a total that its lines do not add up to", {
    async halt_product(s) {
      const { order, stocked } = await s.paid();
      const by = (minor: number) =>
        s.hand(`UPDATE order_line SET unit_price_minor = unit_price_minor + ${minor} WHERE order_id = '${order.id}'`);
      await by(-1);
      return halted(s, stocked.productId, order.id, () => by(1));
    },
  }),
  ...many("stuck_import", "an import whose heart stands still", {
    async rerun_job(s) {
      const { variantId } = await s.shop.stock({ cards: 1 });
      const id = newId();
      await s.hand(
        `INSERT INTO batch (id, merchant_id, variant_id, pool_id, status, key_id, data_key, heartbeat_at)
         SELECT '${id}', merchant_id, variant_id, pool_id, 'importing', key_id, data_key, now() - interval '1 hour' FROM batch WHERE variant_id = '${variantId}'`,
      );
      return { about: id, outcome: "run" };
    },
  }),
];

/** Two orders of one product, the second of which names the first one's card. */
async function sharedCard(s: RemediedShop) {
  const { order, stocked } = await s.paid(s.paper, { cards: 3 });
  const other = await s.shop.place(stocked.variantId, { accountId: "paper" });
  await s.pay(other);
  const [mine, theirs] = [await cardOf(s, order), await cardOf(s, other)];
  const name = (cardId: string) =>
    s.hand(`UPDATE orders SET card_ids = ARRAY['${cardId}'::uuid] WHERE id = '${other.id}'`);
  await name(mine);
  return { stocked, both: [order, other] as const, undo: () => name(theirs) };
}
