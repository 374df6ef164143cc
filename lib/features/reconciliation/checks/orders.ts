import { Prisma } from "@/lib/generated/prisma/client";
import { type IdWindow, inWindow, spansOf } from "../window";
import { AT_REST, type Check, type CheckContext, differences, iso, NO_ID, NO_KEYS, NO_TEXT, ofMerchant } from "./check";

/** The orders of the window, under the name that every query here uses. */
const window = (ids: IdWindow, context: CheckContext, and = Prisma.sql`true`): Prisma.Sql => Prisma.sql`
  o AS MATERIALIZED (
    SELECT o.id, o.merchant_id, o.status, o.quantity, o.total_minor, o.currency, o.stock_policy, o.settled_payment_id, o.owed_at, o.card_ids,
           o.created_at, o.deadline_at, o.paid_at, o.delivered_at
      FROM orders o WHERE ${inWindow("o.id", ids)} AND ${ofMerchant("o.merchant_id", context)} AND ${and})`;

const HANDED_OUT = Prisma.sql`o.delivered_at IS NOT NULL AND o.status IN ('delivered', 'refunding', 'refunded')`;

/** Paid, and nothing handed out: an order that is owed its cards is known as such; any other was forgotten. */
const paidWithoutCard: Check<IdWindow> = {
  kinds: ["paid_without_card", "owed_order"],
  sql: (ids, context) =>
    differences(
      window(ids, context, Prisma.sql`o.status = 'paid' AND o.paid_at < now() - ${AT_REST}`),
      Prisma.sql`
      SELECT CASE WHEN o.owed_at IS NULL THEN 'paid_without_card' ELSE 'owed_order' END, o.id::text, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT},
             o.total_minor, o.currency, concat_ws('/', o.quantity, cardinality(o.card_ids)),
             jsonb_build_object('paidAt', ${iso("o.paid_at")}, 'cards', cardinality(o.card_ids)::text, 'quantity', o.quantity::text), ${NO_KEYS}
        FROM o`,
    ),
};

/** The cards that the window's orders name, and where each of them is. Probed by their ids, however many cards there are. */
const HELD = Prisma.sql`
  held AS MATERIALIZED (SELECT o.id AS order_id, u.card_id FROM o CROSS JOIN LATERAL unnest(o.card_ids) AS u (card_id)),
  bound AS MATERIALIZED (
    SELECT c.id, c.order_id, c.variant_id, c.status, c.delivered_at FROM card c WHERE c.id = ANY (ARRAY(SELECT card_id FROM held)))`;

/** A card in the hands of two buyers: an order names a card, or handed it out once, that now belongs to another. */
const soldTwice: Check<IdWindow> = {
  kinds: ["card_sold_twice"],
  sql: (ids, context) =>
    differences(
      Prisma.sql`${window(ids, context)}, ${HELD},
      given AS MATERIALIZED (
        SELECT e.order_id, u.card_id FROM stock_entry e CROSS JOIN LATERAL unnest(e.card_ids) AS u (card_id)
         WHERE ${inWindow("e.order_id", ids)} AND e.kind IN ('deliver', 'claim', 'replace')),
      shared AS (
        SELECT h.order_id, h.card_id, b.order_id AS other_id FROM held h JOIN bound b ON b.id = h.card_id AND b.order_id <> h.order_id
        UNION
        SELECT g.order_id, g.card_id, c.order_id FROM given g JOIN o ON o.id = g.order_id
          JOIN card c ON c.id = g.card_id AND c.order_id <> g.order_id
         WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.order_id = g.order_id AND h.card_id = g.card_id))`,
      Prisma.sql`
      SELECT 'card_sold_twice', s.card_id::text, s.order_id, ${NO_ID}, o.merchant_id, ${NO_TEXT}, o.total_minor, o.currency,
             concat_ws('/', s.order_id, s.other_id),
             jsonb_build_object('cardId', s.card_id::text, 'otherOrderId', s.other_id::text,
                                'otherNumber', (SELECT t.number FROM orders t WHERE t.id = s.other_id)), ${NO_KEYS}
        FROM shared s JOIN o ON o.id = s.order_id`,
    ),
};

/** Another number of cards handed out than was bought, of any of the order's products. None at all is worse, and has its own name. */
const cardCount: Check<IdWindow> = {
  kinds: ["card_count_mismatch", "paid_without_card"],
  sql: (ids, context) =>
    differences(
      Prisma.sql`${window(ids, context, HANDED_OUT)}, ${HELD},
      had AS (
        SELECT h.order_id, b.variant_id, count(*) AS cards FROM held h JOIN bound b ON b.id = h.card_id AND b.order_id = h.order_id
         WHERE b.delivered_at IS NOT NULL GROUP BY 1, 2),
      wanted AS (
        SELECT l.order_id, l.variant_id, l.quantity FROM order_line l JOIN o ON o.id = l.order_id WHERE ${inWindow("l.order_id", ids)}),
      differing AS (
        SELECT coalesce(w.order_id, h.order_id) AS order_id, sum(coalesce(w.quantity, 0)) AS wanted, sum(coalesce(h.cards, 0)) AS had
          FROM wanted w FULL JOIN had h ON h.order_id = w.order_id AND h.variant_id = w.variant_id
         GROUP BY 1 HAVING bool_or(w.quantity IS DISTINCT FROM h.cards))`,
      Prisma.sql`
      SELECT CASE WHEN d.had = 0 THEN 'paid_without_card' ELSE 'card_count_mismatch' END, o.id::text, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT},
             o.total_minor, o.currency, concat_ws('/', d.wanted, d.had),
             jsonb_build_object('quantity', d.wanted::text, 'cards', d.had::text), ${NO_KEYS}
        FROM differing d JOIN o ON o.id = d.order_id`,
    ),
};

/** Cards handed out for money that did not come: no settled payment of exactly this order's sum, or none handed out for at all. */
const unpaid: Check<IdWindow> = {
  kinds: ["card_without_payment"],
  sql: (ids, context) =>
    differences(
      Prisma.sql`${window(ids, context)}, ${HELD},
      paid AS MATERIALIZED (
        SELECT p.id, p.order_id, p.account_id, p.gateway_trade_number, p.amount_minor, p.currency, p.verdict FROM payment p WHERE ${inWindow("p.order_id", ids)}),
      early AS (
        SELECT DISTINCT h.order_id FROM held h JOIN bound b ON b.id = h.card_id AND b.order_id = h.order_id AND b.status = 'delivered'
          JOIN o ON o.id = h.order_id AND o.status NOT IN ('delivered', 'refunding', 'refunded'))`,
      Prisma.sql`
      SELECT 'card_without_payment', o.id::text, o.id, ${NO_ID}, o.merchant_id, p.account_id, o.total_minor, o.currency,
             concat_ws('/', o.status, o.settled_payment_id, p.verdict, p.amount_minor, p.currency),
             jsonb_build_object('status', o.status, 'paidMinor', p.amount_minor::text, 'paidCurrency', p.currency, 'tradeNumber', p.gateway_trade_number), ${NO_KEYS}
        FROM o LEFT JOIN paid p ON p.id = o.settled_payment_id AND p.order_id = o.id
       WHERE (${HANDED_OUT} AND (p.verdict = 'settled' AND p.amount_minor = o.total_minor AND p.currency = o.currency) IS NOT TRUE)
          OR EXISTS (SELECT 1 FROM early e WHERE e.order_id = o.id)`,
    ),
};

/** Cards held for an order that may hold them no more: nobody else can buy them. */
const lapsed: Check<IdWindow> = {
  kinds: ["reservation_lapsed"],
  sql: (ids, context) =>
    differences(
      window(
        ids,
        context,
        Prisma.sql`o.stock_policy <> 'deduct_on_order' AND cardinality(o.card_ids) > 0
          AND ((o.status = 'pending' AND o.deadline_at < now() - interval '30 seconds' - ${AT_REST}) OR o.status IN ('expired', 'cancelled'))`,
      ),
      Prisma.sql`
      SELECT 'reservation_lapsed', o.id::text, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT}, o.total_minor, o.currency,
             concat_ws('/', o.status, cardinality(o.card_ids)),
             jsonb_build_object('status', o.status, 'cards', cardinality(o.card_ids)::text, 'deadline', ${iso("o.deadline_at")}), ${NO_KEYS}
        FROM o`,
    ),
};

/** Handed out, and nobody told the buyer: no event, an event that nobody took up, or one that became no mail. */
const unheard: Check<IdWindow> = {
  kinds: ["mail_missing"],
  sql: (ids, context) => {
    const { lows, highs } = spansOf(ids);
    return differences(
      Prisma.sql`${window(ids, context, Prisma.sql`o.delivered_at < now() - ${AT_REST}`)},
      posted AS MATERIALIZED (
        SELECT b.id, b.order_id, b.created_at, b.drained_at
          FROM unnest(${lows}::uuid[], ${highs}::uuid[]) AS s (low, high)
          JOIN outbox b ON b.order_id >= s.low AND b.order_id <= s.high AND b.kind = 'order.delivered')`,
      Prisma.sql`
      SELECT 'mail_missing', o.id::text, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT}, o.total_minor, o.currency, w.fault,
             jsonb_build_object('fault', w.fault, 'deliveredAt', ${iso("o.delivered_at")}), ${NO_KEYS}
        FROM o LEFT JOIN posted b ON b.order_id = o.id
        CROSS JOIN LATERAL (
          SELECT CASE WHEN b.id IS NULL THEN 'no_event'
                      WHEN b.drained_at IS NULL AND b.created_at < now() - ${AT_REST} THEN 'not_taken_up'
                      WHEN b.drained_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.outbox_id = b.id AND m.kind = 'order_delivered' OFFSET 0) THEN 'no_mail'
                 END AS fault) w
       -- One that was sent by hand is a mail, too.
       WHERE w.fault IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.order_id = o.id AND m.outbox_id IS NULL AND m.kind = 'order_delivered' OFFSET 0)`,
    );
  },
};

/** A card moved and the ledger does not say so: each card that an order holds or was given stands in an entry of that order. */
const ledgerGap: Check<IdWindow> = {
  kinds: ["ledger_gap"],
  sql: (ids, context) =>
    differences(
      Prisma.sql`${window(ids, context, Prisma.sql`cardinality(o.card_ids) > 0`)},
      written AS MATERIALIZED (
        SELECT e.order_id, u.card_id, bool_or(e.kind IN ('deliver', 'claim', 'replace')) AS is_given
          FROM stock_entry e CROSS JOIN LATERAL unnest(e.card_ids) AS u (card_id)
         WHERE ${inWindow("e.order_id", ids)} AND e.kind IN ('reserve', 'bind', 'deliver', 'claim', 'replace') GROUP BY 1, 2),
      missing AS (
        SELECT o.id AS order_id, count(*) AS cards, min(u.card_id::text) AS first
          FROM o CROSS JOIN LATERAL unnest(o.card_ids) AS u (card_id)
          LEFT JOIN written w ON w.order_id = o.id AND w.card_id = u.card_id
         WHERE w.card_id IS NULL OR (NOT w.is_given AND ${HANDED_OUT})
         GROUP BY 1)`,
      Prisma.sql`
      SELECT 'ledger_gap', 'order:' || o.id, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT}, o.total_minor, o.currency, concat_ws('/', o.status, m.cards),
             jsonb_build_object('status', o.status, 'cards', m.cards::text, 'cardId', m.first), ${NO_KEYS}
        FROM missing m JOIN o ON o.id = m.order_id`,
    ),
};

/**
 * A price that cannot be: a total that its lines do not add up to, or a unit price far from every price of the variant, which has not
 * been changed since the order was placed.
 */
const price: Check<IdWindow> = {
  kinds: ["price_anomaly"],
  sql: (ids, context) =>
    differences(
      Prisma.sql`${window(ids, context)},
      line AS MATERIALIZED (
        SELECT l.order_id, l.variant_id, l.quantity, l.unit_price_minor FROM order_line l WHERE ${inWindow("l.order_id", ids)}),
      sums AS (SELECT l.order_id, sum(l.quantity * l.unit_price_minor) AS minor FROM line l GROUP BY 1),
      priced AS MATERIALIZED (
        SELECT v.id, v.currency, least(v.price_minor, min(t.unit_price_minor)) AS lowest, greatest(v.price_minor, max(t.unit_price_minor)) AS highest
          FROM variant v LEFT JOIN price_tier t ON t.variant_id = v.id GROUP BY v.id),
      odd AS MATERIALIZED (
        SELECT l.order_id, l.variant_id, l.unit_price_minor, v.lowest, v.highest FROM line l JOIN o ON o.id = l.order_id
          JOIN priced v ON v.id = l.variant_id AND v.currency = o.currency
         WHERE l.unit_price_minor * 2 < v.lowest OR l.unit_price_minor > v.highest * 2),
      changed AS MATERIALIZED (
        SELECT a.subject_id, max(a.at) AS at FROM audit_event a
         WHERE a.merchant_id = ANY (ARRAY(SELECT DISTINCT o.merchant_id FROM odd JOIN o ON o.id = odd.order_id)) AND a.action = 'variant.changed' GROUP BY 1)`,
      Prisma.sql`
      SELECT DISTINCT ON (o.id) 'price_anomaly', o.id::text, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT}, o.total_minor, o.currency,
             concat_ws('/', o.total_minor, s.minor, x.unit_price_minor),
             jsonb_build_object('totalMinor', o.total_minor::text, 'linesMinor', s.minor::text, 'unitPriceMinor', x.unit_price_minor::text,
                                'lowestMinor', x.lowest::text, 'highestMinor', x.highest::text, 'currency', o.currency), ${NO_KEYS}
        FROM o LEFT JOIN sums s ON s.order_id = o.id
        LEFT JOIN (SELECT odd.* FROM odd JOIN o ON o.id = odd.order_id LEFT JOIN changed c ON c.subject_id = odd.variant_id::text
                    WHERE c.at IS NULL OR c.at < o.created_at) x ON x.order_id = o.id
       WHERE s.minor IS DISTINCT FROM o.total_minor OR x.order_id IS NOT NULL
       ORDER BY o.id`,
    ),
};

/** What is compared order by order: with its lines, cards, ledger entries, payments, events and mails. */
export const ORDER_CHECKS: readonly Check<IdWindow>[] = [
  paidWithoutCard,
  soldTwice,
  cardCount,
  unpaid,
  lapsed,
  unheard,
  ledgerGap,
  price,
];
