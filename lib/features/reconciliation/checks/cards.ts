import { Prisma } from "@/lib/generated/prisma/client";
import { type IdWindow, inWindow } from "../window";
import { AT_REST, type Check, NO_AMOUNT, NO_ID, NO_KEYS, NO_TEXT, ofMerchant, type Reading } from "./check";

/** Cards that say they belong to an order, and that order, by each of their ids. */
const cards: Reading<IdWindow> = (ids, context) => Prisma.sql`
  c AS MATERIALIZED (
    SELECT c.id, c.merchant_id, c.order_id, c.status, c.delivered_at FROM card c
     WHERE ${inWindow("c.id", ids)} AND c.order_id IS NOT NULL AND ${ofMerchant("c.merchant_id", context)}),
  o AS MATERIALIZED (
    SELECT o.id, o.status, o.card_ids, o.total_minor, o.currency, o.stock_policy, o.deadline_at FROM orders o
     WHERE o.id = ANY (ARRAY(SELECT order_id FROM c)))`;

/** A card is bound to an order that does not name it, or to none: what the order's own side cannot show. */
const unnamed: Check<IdWindow> = {
  kinds: ["card_without_payment", "card_count_mismatch", "reservation_lapsed"],
  reads: [cards],
  found: () => Prisma.sql`
      SELECT CASE WHEN c.status = 'reserved' THEN 'reservation_lapsed' WHEN o.id IS NULL THEN 'card_without_payment' ELSE 'card_count_mismatch' END,
             'card:' || c.id, c.order_id, ${NO_ID}, c.merchant_id, ${NO_TEXT}, coalesce(o.total_minor, ${NO_AMOUNT}), o.currency,
             concat_ws('/', c.status, c.order_id),
             jsonb_build_object('cardId', c.id::text, 'cardStatus', c.status, 'orderIdOfCard', c.order_id::text), ${NO_KEYS}
        FROM c LEFT JOIN o ON o.id = c.order_id
       WHERE (o.id IS NULL OR NOT c.id = ANY (o.card_ids))
         AND c.status IN ('reserved', 'delivered')
         AND (c.status = 'reserved' AND o.status = 'pending' AND now() < o.deadline_at + ${AT_REST}) IS NOT TRUE`,
};

/** What is compared card by card. */
export const CARD_CHECKS: readonly Check<IdWindow>[] = [unnamed];
