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
           (SELECT count(*)::int FROM finding WHERE kind = 'refund_failed' AND status = 'open') AS failed,
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
  readonly requestedByKind: "admin" | "system";
  readonly requestedBy: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface RefundablePayment {
  readonly id: string;
  readonly accountId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly verdict: string;
  readonly givenMinor: bigint;
  readonly returnedMinor: bigint;
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
      SELECT p.id, p.account_id AS "accountId", p.amount_minor AS "amountMinor", p.currency, p.verdict, p.received_at AS "receivedAt",
             coalesce(sum(r.amount_minor) FILTER (WHERE r.status <> 'failed'), 0)::bigint AS "givenMinor",
             coalesce(sum(r.amount_minor) FILTER (WHERE r.status = 'succeeded'), 0)::bigint AS "returnedMinor"
        FROM payment p JOIN orders o ON o.id = p.order_id LEFT JOIN refund r ON r.payment_id = p.id
       WHERE p.order_id = ${orderId}::uuid AND (${scope}::uuid IS NULL OR o.merchant_id = ${scope}::uuid)
       GROUP BY p.id ORDER BY p.received_at, p.id`,
    db.$queryRaw<RefundRow[]>`
      SELECT r.id, r.payment_id AS "paymentId", r.refund_no AS "refundNo", r.amount_minor AS "amountMinor", p.currency, r.status, r.method, r.reason,
             r.failure, r.gateway_refund_number AS "gatewayRefundNumber", r.requested_by_kind AS "requestedByKind",
             r.requested_by AS "requestedBy", r.created_at AS "createdAt", r.finished_at AS "finishedAt"
        FROM refund r JOIN payment p ON p.id = r.payment_id WHERE r.order_id = ${orderId}::uuid ORDER BY r.created_at, r.id`,
  ]);
  return payments.map((payment) => ({
    ...payment,
    refunds: refunds.filter(({ paymentId }) => paymentId === payment.id),
  }));
}
