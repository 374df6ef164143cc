import { Prisma } from "@/lib/generated/prisma/client";
import { type IdWindow, inWindow, spansOf } from "../window";
import { AT_REST, type Check, iso, NO_ID, NO_KEYS, NO_TEXT, ofMerchant, type Reading } from "./check";

/** The orders of the window, under the name that every query here uses. */
const orders: Reading<IdWindow> = (ids, context) => Prisma.sql`
  o AS MATERIALIZED (
    SELECT o.id, o.merchant_id, o.status, o.quantity, o.total_minor, o.currency, o.stock_policy, o.settled_payment_id, o.owed_at, o.card_ids,
           o.created_at, o.deadline_at, o.paid_at, o.delivered_at,
           o.delivered_at IS NOT NULL AND o.status IN ('delivered', 'refunding', 'refunded') AS is_handed_out
      FROM orders o WHERE ${inWindow("o.id", ids)} AND ${ofMerchant("o.merchant_id", context)})`;

/** The cards that the orders name, and where each of them is. Probed by their ids, however many cards there are. */
const cards: Reading<IdWindow> = () => Prisma.sql`
  held AS MATERIALIZED (SELECT o.id AS order_id, o.status AS order_status, unnest(o.card_ids) AS card_id FROM o),
  bound AS MATERIALIZED (
    SELECT c.id, c.order_id, c.variant_id, c.status, c.delivered_at FROM card c WHERE c.id = ANY (ARRAY(SELECT card_id FROM held))),
  named AS MATERIALIZED (
    SELECT h.order_id, h.order_status, h.card_id, b.order_id AS owner_id, b.variant_id, b.status, b.delivered_at FROM held h JOIN bound b ON b.id = h.card_id)`;

/** What the ledger says of the orders' cards. */
const entries: Reading<IdWindow> = (ids) => Prisma.sql`
  entry AS MATERIALIZED (
    SELECT e.order_id, e.card_ids, e.kind IN ('deliver', 'claim', 'replace') AS is_given FROM stock_entry e
     WHERE ${inWindow("e.order_id", ids)} AND e.kind IN ('reserve', 'bind', 'deliver', 'claim', 'replace'))`;

const lines: Reading<IdWindow> = (ids) => Prisma.sql`
  line AS MATERIALIZED (SELECT l.order_id, l.variant_id, l.quantity, l.unit_price_minor FROM order_line l WHERE ${inWindow("l.order_id", ids)})`;

/** Paid, and nothing handed out: an order that is owed its cards is known as such; any other was forgotten. */
const paidWithoutCard: Check<IdWindow> = {
  kinds: ["paid_without_card", "owed_order"],
  reads: [orders],
  found: () => Prisma.sql`
      SELECT CASE WHEN o.owed_at IS NULL THEN 'paid_without_card' ELSE 'owed_order' END, o.id::text, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT},
             o.total_minor, o.currency, concat_ws('/', o.quantity, cardinality(o.card_ids)),
             jsonb_build_object('paidAt', ${iso("o.paid_at")}, 'cards', cardinality(o.card_ids)::text, 'quantity', o.quantity::text), ${NO_KEYS}
        FROM o WHERE o.status = 'paid' AND o.paid_at < now() - ${AT_REST}`,
};

/**
 * Cards that belong to another than the order that names them, or to which they were handed out once. An entry that names exactly the
 * order's cards needs no second look, and nearly every one does.
 */
const sharedCards: Reading<IdWindow> = () => Prisma.sql`
  given AS MATERIALIZED (
    SELECT e.order_id, unnest(e.card_ids) AS card_id FROM entry e JOIN o ON o.id = e.order_id WHERE e.is_given AND e.card_ids <> o.card_ids),
  shared AS MATERIALIZED (
    SELECT n.order_id, n.card_id, n.owner_id AS other_id FROM named n WHERE n.owner_id <> n.order_id
    UNION
    SELECT g.order_id, g.card_id, c.order_id FROM given g JOIN LATERAL (SELECT c.order_id FROM card c WHERE c.id = g.card_id OFFSET 0) c ON c.order_id <> g.order_id
     WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.order_id = g.order_id AND h.card_id = g.card_id))`;

/** A card in the hands of two buyers. */
const soldTwice: Check<IdWindow> = {
  kinds: ["card_sold_twice"],
  reads: [orders, cards, entries, sharedCards],
  found: () => Prisma.sql`
      SELECT 'card_sold_twice', s.card_id::text, s.order_id, ${NO_ID}, o.merchant_id, ${NO_TEXT}, o.total_minor, o.currency,
             concat_ws('/', s.order_id, s.other_id),
             jsonb_build_object('cardId', s.card_id::text, 'otherOrderId', s.other_id::text,
                                'otherNumber', (SELECT t.number FROM orders t WHERE t.id = s.other_id)), ${NO_KEYS}
        FROM shared s JOIN o ON o.id = s.order_id`,
};

/** Orders that were to have another number of cards, of any of their products, than were handed out to them. */
const miscounted: Reading<IdWindow> = () => Prisma.sql`
  counted AS (
    SELECT x.order_id, sum(x.wanted) AS wanted, sum(x.had) AS had
      FROM (SELECT l.order_id, l.variant_id, l.quantity AS wanted, 0 AS had FROM line l
            UNION ALL
            SELECT n.order_id, n.variant_id, 0, 1 FROM named n WHERE n.owner_id = n.order_id AND n.delivered_at IS NOT NULL) x
     GROUP BY x.order_id, x.variant_id),
  miscounted AS MATERIALIZED (
    SELECT c.order_id, sum(c.wanted) AS wanted, sum(c.had) AS had FROM counted c GROUP BY 1 HAVING bool_or(c.wanted <> c.had))`;

/** Another number of cards handed out than was bought. None at all is worse, and has its own name. */
const cardCount: Check<IdWindow> = {
  kinds: ["card_count_mismatch", "paid_without_card"],
  reads: [orders, cards, lines, miscounted],
  found: () => Prisma.sql`
      SELECT CASE WHEN d.had = 0 THEN 'paid_without_card' ELSE 'card_count_mismatch' END, o.id::text, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT},
             o.total_minor, o.currency, concat_ws('/', d.wanted, d.had),
             jsonb_build_object('quantity', d.wanted::text, 'cards', d.had::text), ${NO_KEYS}
        FROM miscounted d JOIN o ON o.id = d.order_id WHERE o.is_handed_out`,
};

const settled: Reading<IdWindow> = (ids) => Prisma.sql`
  paid AS MATERIALIZED (
    SELECT p.id, p.order_id, p.account_id, p.gateway_trade_number, p.amount_minor, p.currency, p.verdict FROM payment p WHERE ${inWindow("p.order_id", ids)}),
  early AS MATERIALIZED (
    SELECT DISTINCT n.order_id FROM named n
     WHERE n.owner_id = n.order_id AND n.status = 'delivered' AND n.order_status NOT IN ('delivered', 'refunding', 'refunded'))`;

/** Cards handed out for money that did not come: no settled payment of exactly this order's sum, or none handed out for at all. */
const unpaid: Check<IdWindow> = {
  kinds: ["card_without_payment"],
  reads: [orders, cards, settled],
  found: () => Prisma.sql`
      SELECT 'card_without_payment', o.id::text, o.id, ${NO_ID}, o.merchant_id, p.account_id, o.total_minor, o.currency,
             concat_ws('/', o.status, o.settled_payment_id, p.verdict, p.amount_minor, p.currency),
             jsonb_build_object('status', o.status, 'paidMinor', p.amount_minor::text, 'paidCurrency', p.currency, 'tradeNumber', p.gateway_trade_number), ${NO_KEYS}
        FROM o LEFT JOIN paid p ON p.id = o.settled_payment_id AND p.order_id = o.id
       WHERE (o.is_handed_out AND (p.verdict = 'settled' AND p.amount_minor = o.total_minor AND p.currency = o.currency) IS NOT TRUE)
          OR EXISTS (SELECT 1 FROM early e WHERE e.order_id = o.id)`,
};

/** Cards held for an order that may hold them no more: nobody else can buy them. */
const lapsed: Check<IdWindow> = {
  kinds: ["reservation_lapsed"],
  reads: [orders],
  found: () => Prisma.sql`
      SELECT 'reservation_lapsed', o.id::text, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT}, o.total_minor, o.currency,
             concat_ws('/', o.status, cardinality(o.card_ids)),
             jsonb_build_object('status', o.status, 'cards', cardinality(o.card_ids)::text, 'deadline', ${iso("o.deadline_at")}), ${NO_KEYS}
        FROM o
       WHERE o.stock_policy <> 'deduct_on_order' AND cardinality(o.card_ids) > 0
         AND ((o.status = 'pending' AND o.deadline_at < now() - interval '30 seconds' - ${AT_REST}) OR o.status IN ('expired', 'cancelled'))`,
};

/** Deliveries of which no event tells, an event that nobody took up, or one that became no mail. */
const untoldOf: Reading<IdWindow> = (ids) => {
  const { lows, highs } = spansOf(ids);
  return Prisma.sql`
  posted AS MATERIALIZED (
    SELECT b.id, b.order_id, b.created_at, b.drained_at
      FROM unnest(${lows}::uuid[], ${highs}::uuid[]) AS s (low, high)
      JOIN outbox b ON b.order_id >= s.low AND b.order_id <= s.high AND b.kind = 'order.delivered'),
  mailed AS MATERIALIZED (
    SELECT m.outbox_id FROM mail m
     WHERE m.outbox_id = ANY (ARRAY(SELECT b.id FROM posted b WHERE b.order_id IN (SELECT o.id FROM o))) AND m.outbox_id IS NOT NULL AND m.kind = 'order_delivered'),
  unheard AS MATERIALIZED (
    SELECT o.id, w.fault FROM o LEFT JOIN posted b ON b.order_id = o.id LEFT JOIN mailed m ON m.outbox_id = b.id
     CROSS JOIN LATERAL (
       SELECT CASE WHEN b.id IS NULL THEN 'no_event'
                   WHEN b.drained_at IS NULL AND b.created_at < now() - ${AT_REST} THEN 'not_taken_up'
                   WHEN b.drained_at IS NOT NULL AND m.outbox_id IS NULL THEN 'no_mail'
              END AS fault) w
     WHERE o.delivered_at < now() - ${AT_REST} AND w.fault IS NOT NULL)`;
};

/** Handed out, and nobody told the buyer. A mail that was sent by hand is one, too. */
const unheard: Check<IdWindow> = {
  kinds: ["mail_missing"],
  reads: [orders, untoldOf],
  found: () => Prisma.sql`
      SELECT 'mail_missing', o.id::text, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT}, o.total_minor, o.currency, u.fault,
             jsonb_build_object('fault', u.fault, 'deliveredAt', ${iso("o.delivered_at")}), ${NO_KEYS}
        FROM unheard u JOIN o ON o.id = u.id
       WHERE NOT EXISTS (SELECT 1 FROM mail m WHERE m.order_id = u.id AND m.outbox_id IS NULL AND m.kind = 'order_delivered' OFFSET 0)`,
};

/** Card by card only where no one entry names just the cards that the order has. */
const unwritten: Reading<IdWindow> = () => Prisma.sql`
  doubted AS MATERIALIZED (
    SELECT o.id, o.card_ids, o.is_handed_out FROM o
     WHERE cardinality(o.card_ids) > 0
       AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.order_id = o.id AND e.card_ids = o.card_ids AND (e.is_given OR NOT o.is_handed_out))),
  written AS (
    SELECT x.order_id, x.card_id, bool_or(x.is_given) AS is_given
      FROM (SELECT e.order_id, unnest(e.card_ids) AS card_id, e.is_given FROM entry e WHERE e.order_id IN (SELECT d.id FROM doubted d)) x GROUP BY 1, 2),
  unwritten AS MATERIALIZED (
    SELECT d.id AS order_id, count(*) AS cards, min(d.card_id::text) AS first
      FROM (SELECT d.id, d.is_handed_out, unnest(d.card_ids) AS card_id FROM doubted d) d
      LEFT JOIN written w ON w.order_id = d.id AND w.card_id = d.card_id
     WHERE w.card_id IS NULL OR (NOT w.is_given AND d.is_handed_out)
     GROUP BY 1)`;

/** A card moved and the ledger does not say so: each card that an order holds or was given stands in an entry of that order. */
const ledgerGap: Check<IdWindow> = {
  kinds: ["ledger_gap"],
  reads: [orders, entries, unwritten],
  found: () => Prisma.sql`
      SELECT 'ledger_gap', 'order:' || o.id, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT}, o.total_minor, o.currency, concat_ws('/', o.status, m.cards),
             jsonb_build_object('status', o.status, 'cards', m.cards::text, 'cardId', m.first), ${NO_KEYS}
        FROM unwritten m JOIN o ON o.id = m.order_id`,
};

/** What the lines add up to, and unit prices, without what a chosen card costs beyond, far from every price of their variant that was not changed since the order was placed. */
const prices: Reading<IdWindow> = () => Prisma.sql`
  sums AS (SELECT l.order_id, sum(l.quantity * l.unit_price_minor) AS minor FROM line l GROUP BY 1),
  priced AS MATERIALIZED (
    SELECT v.id, v.currency, least(v.price_minor, min(t.unit_price_minor)) AS lowest, greatest(v.price_minor, max(t.unit_price_minor)) AS highest
      FROM variant v LEFT JOIN price_tier t ON t.variant_id = v.id WHERE v.id = ANY (ARRAY(SELECT DISTINCT l.variant_id FROM line l)) GROUP BY v.id),
  far AS MATERIALIZED (
    SELECT l.order_id, l.variant_id, l.unit_price_minor, v.lowest, v.highest FROM line l JOIN o ON o.id = l.order_id
      JOIN priced v ON v.id = l.variant_id AND v.currency = o.currency
      LEFT JOIN order_pick k ON k.order_id = l.order_id
     WHERE (l.unit_price_minor - coalesce(k.extra_minor, 0)) * 2 < v.lowest OR l.unit_price_minor - coalesce(k.extra_minor, 0) > v.highest * 2),
  changed AS MATERIALIZED (
    SELECT a.subject_id, max(a.at) AS at FROM audit_event a
     WHERE a.merchant_id = ANY (ARRAY(SELECT DISTINCT o.merchant_id FROM far JOIN o ON o.id = far.order_id)) AND a.action = 'variant.changed' GROUP BY 1),
  odd AS MATERIALIZED (
    SELECT far.* FROM far JOIN o ON o.id = far.order_id LEFT JOIN changed c ON c.subject_id = far.variant_id::text WHERE c.at IS NULL OR c.at < o.created_at)`;

/** A price that cannot be: a total that its lines do not add up to, or a unit price that was never on the shelf. */
const price: Check<IdWindow> = {
  kinds: ["price_anomaly"],
  reads: [orders, lines, prices],
  found: () => Prisma.sql`
      SELECT DISTINCT ON (o.id) 'price_anomaly', o.id::text, o.id, ${NO_ID}, o.merchant_id, ${NO_TEXT}, o.total_minor, o.currency,
             concat_ws('/', o.total_minor, s.minor, x.unit_price_minor),
             jsonb_build_object('totalMinor', o.total_minor::text, 'linesMinor', s.minor::text, 'unitPriceMinor', x.unit_price_minor::text,
                                'lowestMinor', x.lowest::text, 'highestMinor', x.highest::text, 'currency', o.currency), ${NO_KEYS}
        FROM o LEFT JOIN sums s ON s.order_id = o.id LEFT JOIN odd x ON x.order_id = o.id
       WHERE s.minor IS DISTINCT FROM o.total_minor OR x.order_id IS NOT NULL
       ORDER BY o.id`,
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
