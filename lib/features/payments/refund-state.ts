import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import type { RefundMethod, RefundStatus } from "./refunds";

export interface RefundState {
  readonly underWay: number;
  /** Under way for so long that a person was told. */
  readonly stuck: number;
  /** Failed, and their money has not been given back since. */
  readonly failed: number;
  readonly oldestMinutes: number;
}

/** How refunds stand altogether, by indexes that hold only the few that are not over. */
export async function findRefundState({ db }: { readonly db: Db }): Promise<RefundState> {
  const [row] = await db.$queryRaw<[RefundState]>`
    SELECT count(*)::int AS "underWay",
           count(*) FILTER (WHERE created_at < now() - make_interval(secs => ${limits.refundStuckSeconds}::int))::int AS stuck,
           (SELECT count(*)::int FROM finding WHERE kind = 'refund_failed' AND status IN ('open', 'in_work')) AS failed,
           coalesce(floor(extract(epoch FROM now() - min(created_at)) / 60), 0)::int AS "oldestMinutes"
      FROM refund WHERE status IN ('requested', 'processing')`;
  return row;
}

export interface RefundRow {
  readonly id: string;
  readonly paymentId: string;
  readonly refundNo: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly status: RefundStatus;
  readonly method: RefundMethod;
  readonly reason: string;
  readonly failure: string | null;
  readonly gatewayRefundNumber: string | null;
  readonly outsideReference: string | null;
  readonly requestedByKind: "admin" | "system";
  /** Who asked for it; for admins alone. */
  readonly requestedBy: string | null;
  /** How often its gateway was told, or may have been. */
  readonly callCount: number;
  readonly isStuck: boolean;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface RefundablePayment {
  readonly id: string;
  readonly accountId: string;
  readonly accountTitleZh: string;
  readonly accountTitleEn: string;
  /** Its ends alone, for anybody but an admin. */
  readonly gatewayTradeNumber: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly verdict: string;
  readonly givenMinor: bigint;
  readonly returnedMinor: bigint;
  readonly isUnderWay: boolean;
  /** One to the source is through. */
  readonly isReturnedBySource: boolean;
  readonly receivedAt: Date;
  readonly refunds: readonly RefundRow[];
}

/** What an order was paid and what was given back of it, for its merchant and for admins; empty for everyone else. */
export async function listRefundablePayments(
  { db }: { readonly db: Db },
  viewer: Viewer,
  orderId: string,
): Promise<readonly RefundablePayment[]> {
  const scope = merchantScope(viewer);
  const [payments, refunds] = await Promise.all([
    db.$queryRaw<Omit<RefundablePayment, "refunds">[]>`
      SELECT p.id, p.account_id AS "accountId", g.title_zh AS "accountTitleZh", g.title_en AS "accountTitleEn",
             CASE WHEN ${scope}::uuid IS NULL THEN p.gateway_trade_number
                  ELSE left(p.gateway_trade_number, 2) || '…' || right(p.gateway_trade_number, 4) END AS "gatewayTradeNumber",
             p.amount_minor AS "amountMinor", p.currency, p.verdict, p.received_at AS "receivedAt",
             coalesce(sum(r.amount_minor) FILTER (WHERE r.status <> 'failed'), 0)::bigint AS "givenMinor",
             coalesce(sum(r.amount_minor) FILTER (WHERE r.status = 'succeeded'), 0)::bigint AS "returnedMinor",
             coalesce(bool_or(r.status IN ('requested', 'processing')), false) AS "isUnderWay",
             coalesce(bool_or(r.status = 'succeeded' AND r.method = 'source'), false) AS "isReturnedBySource"
        FROM payment p JOIN orders o ON o.id = p.order_id JOIN gateway_account g ON g.id = p.account_id
        LEFT JOIN refund r ON r.payment_id = p.id
       WHERE p.order_id = ${orderId}::uuid AND (${scope}::uuid IS NULL OR o.merchant_id = ${scope}::uuid)
       GROUP BY p.id, g.id ORDER BY p.received_at, p.id`,
    db.$queryRaw<RefundRow[]>`
      SELECT r.id, r.payment_id AS "paymentId", r.refund_no AS "refundNo", r.amount_minor AS "amountMinor", p.currency, r.status, r.method, r.reason,
             r.failure, r.gateway_refund_number AS "gatewayRefundNumber", r.outside_reference AS "outsideReference",
             r.requested_by_kind AS "requestedByKind", CASE WHEN ${scope}::uuid IS NULL THEN coalesce(u.email, r.requested_by::text) END AS "requestedBy",
             r.call_count AS "callCount", r.created_at < now() - make_interval(secs => ${limits.refundStuckSeconds}::int) AS "isStuck",
             r.created_at AS "createdAt", r.finished_at AS "finishedAt"
        FROM refund r JOIN payment p ON p.id = r.payment_id LEFT JOIN app_user u ON u.id = r.requested_by
       WHERE r.order_id = ${orderId}::uuid ORDER BY r.created_at, r.id`,
  ]);
  return payments.map((payment) => ({
    ...payment,
    refunds: refunds.filter(({ paymentId }) => paymentId === payment.id),
  }));
}

/** A refund that is not over, or over and still before a person. */
export interface OpenRefund {
  readonly id: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly merchantName: string;
  readonly accountId: string;
  readonly refundNo: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly status: RefundStatus;
  readonly failure: string | null;
  readonly createdAt: Date;
  /** Why a person must look; null: it is on its way as it should be. */
  readonly finding: "refund_failed" | "refund_stuck" | "refund_mismatch" | null;
}

/** What is under way or waits for a person, of the viewer's orders: those for a person first, the oldest of them first. */
export const listOpenRefunds = ({ db }: { readonly db: Db }, viewer: Viewer): Promise<OpenRefund[]> => {
  const scope = merchantScope(viewer);
  return db.$queryRaw<OpenRefund[]>`
    WITH found AS (
      SELECT f.subject::uuid AS id, f.kind FROM finding f
       WHERE f.status IN ('open', 'in_work') AND f.kind IN ('refund_failed', 'refund_stuck', 'refund_mismatch')
      UNION ALL SELECT r.id, NULL FROM refund r WHERE r.status IN ('requested', 'processing')),
    one AS (SELECT id, min(kind) AS kind FROM found GROUP BY id)
    SELECT r.id, r.order_id AS "orderId", o.number AS "orderNumber", m.name AS "merchantName", p.account_id AS "accountId", r.refund_no AS "refundNo",
           r.amount_minor AS "amountMinor", p.currency, r.status, r.failure, r.created_at AS "createdAt", one.kind AS finding
      FROM one JOIN refund r ON r.id = one.id JOIN payment p ON p.id = r.payment_id JOIN orders o ON o.id = r.order_id
      JOIN merchant m ON m.id = o.merchant_id
     WHERE ${scope}::uuid IS NULL OR o.merchant_id = ${scope}::uuid
     ORDER BY one.kind IS NULL, r.created_at, r.id LIMIT ${limits.refundsListed}::int`;
};

/** What a shop does by itself with money that it has no cards for. */
export interface RefundPolicyRow {
  readonly merchantId: string;
  readonly merchantName: string;
  readonly double: "ask" | "refund";
  readonly noStock: "owe" | "refund";
  /** The most that goes back by itself in a day; null: no limit. */
  readonly capMinor: bigint | null;
  readonly capCurrency: string | null;
  /** What went back by itself today, in the limit's currency, or in CNY. */
  readonly todayMinor: bigint;
}

/** The policies of the viewer's shops, by name. */
export const listRefundPolicies = ({ db }: { readonly db: Db }, viewer: Viewer): Promise<RefundPolicyRow[]> => {
  const scope = merchantScope(viewer);
  return db.$queryRaw<RefundPolicyRow[]>`
    WITH today AS (
      SELECT o.merchant_id, p.currency, sum(r.amount_minor)::bigint AS minor
        FROM refund r JOIN payment p ON p.id = r.payment_id JOIN orders o ON o.id = r.order_id
       WHERE r.requested_by_kind = 'system' AND r.created_at >= date_trunc('day', clock_timestamp() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
         AND r.method <> 'dispute' AND r.status <> 'failed'
       GROUP BY o.merchant_id, p.currency)
    SELECT m.id AS "merchantId", m.name AS "merchantName", m.double_policy AS double, m.no_stock_policy AS "noStock",
           m.policy_cap_minor AS "capMinor", m.policy_cap_currency AS "capCurrency", coalesce(t.minor, 0)::bigint AS "todayMinor"
      FROM merchant m LEFT JOIN today t ON t.merchant_id = m.id AND t.currency = coalesce(m.policy_cap_currency, 'CNY')
     WHERE ${scope}::uuid IS NULL OR m.id = ${scope}::uuid ORDER BY m.name, m.id LIMIT ${limits.pickListMax}::int`;
};
