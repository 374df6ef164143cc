import { ASIDE } from "./commands";
import type { RefundSeen, Seen, Shelf } from "./model";
import type { KeySeen } from "./quota-model";
import type { Replacement } from "./replace-model";
import type { Stage } from "./stage";

/** What the tables say of one order. */
export interface OrderFacts extends Seen {
  readonly id: string;
  readonly requestKey: string;
  /** Cards that it lacks, and that are bound to it, by variant. */
  readonly lines: readonly { readonly variantId: string; readonly quantity: number; readonly bound: number }[];
}

/** One card as the tables have it. */
export interface CardSeen {
  readonly id: string;
  readonly variantId: string;
  readonly poolId: string;
  readonly batchId: string;
  readonly status: string;
  readonly orderId: string | null;
}

/** The shop's rows as its promises are about them. */
export interface Facts {
  readonly orders: readonly OrderFacts[];
  readonly cards: readonly CardSeen[];
  readonly shelves: ReadonlyMap<string, Shelf>;
  readonly replacements: readonly Replacement[];
  /** By their hash. */
  readonly keys: ReadonlyMap<string, KeySeen>;
}

export const NO_FACTS: Facts = { orders: [], cards: [], replacements: [], shelves: new Map(), keys: new Map() };

const ORDERS = `
SELECT o.id, o.request_key AS "requestKey", o.status, o.exception, o.payment_count AS payments, o.paid_minor::text AS "paidMinor",
       o.owed_at IS NOT NULL AS "isOwed",
       (SELECT count(*)::int FROM finding f WHERE f.order_id = o.id AND f.status IN ('open', 'in_work')
           AND f.kind IN ('double_payment', 'amount_mismatch', 'currency_mismatch')) AS "moneyFindings",
       EXISTS (SELECT 1 FROM finding f WHERE f.order_id = o.id AND f.status IN ('open', 'in_work') AND f.kind = 'owed_order') AS "hasDebtFinding",
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'payment', p.account_id || ' ' || p.gateway_trade_number, 'refundNo', r.refund_no,
                 'amountMinor', r.amount_minor::text, 'status', r.status, 'method', r.method)), '[]')
          FROM refund r JOIN payment p ON p.id = r.payment_id WHERE r.order_id = o.id) AS refunds,
       (SELECT count(*)::int FROM card c WHERE c.order_id = o.id AND c.status = 'delivered') AS "deliveredCards",
       (SELECT count(*)::int FROM card c WHERE c.order_id = o.id AND c.status = 'withdrawn') AS "withdrawnCards",
       (SELECT jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'quantity', l.quantity, 'bound',
                 (SELECT count(*) FROM card c WHERE c.order_id = o.id AND c.variant_id = l.variant_id)) ORDER BY l.line)
          FROM order_line l WHERE l.order_id = o.id) AS lines
  FROM orders o`;

/** Cards of batches that broke off are gone, whatever is left of their rows. */
const CARDS = `
SELECT c.id, c.variant_id AS "variantId", c.pool_id AS "poolId", c.batch_id AS "batchId", c.status, c.order_id AS "orderId"
  FROM card c JOIN batch b ON b.id = c.batch_id WHERE b.status <> 'failed' ORDER BY c.id`;

const KEYS = `
SELECT encode(q.key_hash, 'hex') AS hash, q.uses_max AS "usesMax", q.used, c.order_id AS "orderId", o.status AS "orderStatus", c.status AS "cardStatus",
       (SELECT coalesce(jsonb_agg(jsonb_build_object('callId', u.call_id, 'uses', u.uses, 'usedAfter', u.used_after)), '[]')
          FROM quota_use u WHERE u.card_id = q.card_id) AS counted
  FROM quota q JOIN card c ON c.id = q.card_id LEFT JOIN orders o ON o.id = c.order_id`;

const REPLACEMENTS = `
SELECT id, order_id AS "orderId", position, status, old_card_id AS "oldCardId", new_card_id AS "newCardId" FROM replacement`;

type Use = { callId: string; uses: number; usedAfter: number };
type KeyRow = Omit<KeySeen, "counted"> & { hash: string; counted: Use[] };

type TextRefund = Omit<RefundSeen, "amountMinor"> & { amountMinor: string };

/** What of a variant is where, as a count sees it. `aside`: the pool that it is not sold from. */
function shelfOf(cards: readonly CardSeen[], aside: string): Shelf {
  const count = (isWanted: (card: CardSeen) => boolean) => cards.filter(isWanted).length;
  return {
    available: count(({ status, poolId }) => status === "available" && poolId !== aside),
    aside: count(({ status, poolId }) => status === "available" && poolId === aside),
    quarantined: count(({ status }) => status === "quarantined"),
    reserved: count(({ status }) => status === "reserved"),
    delivered: count(({ status }) => status === "delivered"),
    draft: count(({ status }) => status === "draft"),
    withdrawn: count(({ status }) => status === "withdrawn"),
  };
}

/** Reads them while nothing is under way. */
export async function readFacts(stage: Stage): Promise<Facts> {
  const [orders, cards, keys, replacements] = await Promise.all([
    stage.rows<Omit<OrderFacts, "paidMinor" | "refunds"> & { paidMinor: string; refunds: TextRefund[] }>(ORDERS),
    stage.rows<CardSeen>(CARDS),
    stage.rows<KeyRow>(KEYS),
    stage.rows<Replacement>(REPLACEMENTS),
  ]);
  const { variants, pools } = stage.scenery;
  const shelves = variants.map(({ variantId }) => {
    const own = cards.filter((card) => card.variantId === variantId);
    return [variantId, shelfOf(own, pools[ASIDE] as string)] as const;
  });
  return {
    orders: orders.map((order) => ({
      ...order,
      paidMinor: BigInt(order.paidMinor),
      refunds: order.refunds.map((refund) => ({ ...refund, amountMinor: BigInt(refund.amountMinor) })),
    })),
    cards,
    replacements,
    shelves: new Map(shelves),
    keys: new Map(
      keys.map(({ hash, counted, ...key }) => [
        hash,
        { ...key, counted: new Map(counted.map(({ callId, ...use }) => [callId, use])) },
      ]),
    ),
  };
}
