import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import { sha256 } from "@/lib/platform/crypto";
import type { Db, Tx } from "@/lib/platform/db";
import type { VerifiedDispute, VerifiedRefund } from "./gateways/port";
import { type EventVerdict, judgeEvent, type RecordedEvent } from "./inbox";

/** A refund or a dispute as the inbox holds it. */
export interface ToldEvent {
  readonly kind: "refund" | "dispute";
  readonly accountId: string;
  readonly source: "notice" | "query" | "statement";
  readonly told: VerifiedRefund | VerifiedDispute;
}

/** Independent of the source and of the order of fields; each state of one refund or dispute is an event of its own. */
function dedupeOf({ kind, told }: ToldEvent): Buffer {
  const numbers = "disputeNo" in told ? [told.disputeNo] : [told.refundNo, told.gatewayRefundNo];
  const amount = told.amount ? [told.amount.amountMinor.toString(), told.amount.currency] : [];
  return sha256(JSON.stringify([kind, ...numbers, told.gatewayTradeNo, told.outTradeNo, told.state, ...amount]));
}

/** Puts what a gateway told of a refund or a dispute in the inbox, once; one whose order was unknown is judged anew. Returns what is there. */
export async function recordTold(
  tx: Tx,
  event: ToldEvent,
  { orderId, verdict }: { orderId: string | null; verdict: EventVerdict },
): Promise<RecordedEvent> {
  const { kind, accountId, source, told } = event;
  const dedupe = dedupeOf(event);
  const [refundNo, gatewayRefundNo, disputeNo] =
    "disputeNo" in told ? [null, null, told.disputeNo] : [told.refundNo, told.gatewayRefundNo, null];
  const inserted = await tx.$executeRaw`
    INSERT INTO payment_event (id, kind, account_id, source, dedupe, out_trade_no, gateway_trade_number, amount_minor, currency, raw,
                               refund_number, gateway_refund_number, dispute_number, state, received_at, order_id, verdict)
    VALUES (${newId()}::uuid, ${kind}, ${accountId}, ${source}, ${dedupe}, ${told.outTradeNo}, ${told.gatewayTradeNo},
            ${told.amount?.amountMinor ?? null}::bigint, ${told.amount?.currency ?? null}, ${JSON.stringify(told.evidence)}, ${refundNo},
            ${gatewayRefundNo}, ${disputeNo}, ${told.state}, date_trunc('milliseconds', clock_timestamp()), ${orderId}::uuid, ${verdict})
    ON CONFLICT (account_id, dedupe) DO NOTHING`;
  const rows = await tx.$queryRaw<{ id: string; verdict: EventVerdict | null }[]>`
    SELECT id, verdict FROM payment_event WHERE account_id = ${accountId} AND dedupe = ${dedupe}`;
  assert(rows[0], "the event is in the inbox");
  if (inserted === 0) await judgeEvent(tx, rows[0].id, { orderId, verdict });
  return { ...rows[0], isNew: inserted === 1 };
}

/** What a gateway tells of one payment is judged one after the other in a process, so that a storm of repeats holds one connection. */
export const placeInLine = ({ kind, accountId, told }: ToldEvent): string =>
  [kind, accountId, told.gatewayTradeNo ?? told.outTradeNo ?? ""].join(" ");

/** Whether this was told before and judged, all in one transaction: nothing is left to be done about it. */
export async function isJudged(db: Db, event: ToldEvent): Promise<boolean> {
  const rows = await db.$queryRaw<{ verdict: EventVerdict | null }[]>`
    SELECT verdict FROM payment_event WHERE account_id = ${event.accountId} AND dedupe = ${dedupeOf(event)}`;
  const verdict = rows[0]?.verdict ?? null;
  return verdict !== null && verdict !== "unknown_order";
}

/** The disputes about an order and every state that the inbox knows of them, whatever the order in which they came. */
export const readDisputes = (tx: Db | Tx, orderId: string): Promise<{ disputeNo: string; states: string[] }[]> =>
  tx.$queryRaw`
    SELECT dispute_number AS "disputeNo", array_agg(DISTINCT state) AS states FROM payment_event
     WHERE order_id = ${orderId}::uuid AND kind = 'dispute' GROUP BY dispute_number`;

/** Whether a bank is still deciding about money of this order. Read it after the order's lock. */
export async function hasOpenDispute(tx: Db | Tx, orderId: string): Promise<boolean> {
  const disputes = await readDisputes(tx, orderId);
  return disputes.some(({ states }) => !states.includes("won") && !states.includes("lost"));
}

export interface ToldPayment {
  /** Null while the payment itself has not been heard of. */
  readonly paymentId: string | null;
  readonly orderId: string;
  readonly attempt: { readonly outTradeNo: string; readonly amountMinor: bigint; readonly currency: string };
}

/** What a gateway's numbers lead to: the payment by its own number, else the attempt by ours with its payment, if there is one only. */
export async function findToldPayment(
  tx: Tx,
  { accountId, told }: Pick<ToldEvent, "accountId" | "told">,
): Promise<ToldPayment | null> {
  const rows = await tx.$queryRaw<
    { paymentId: string | null; orderId: string; outTradeNo: string; amountMinor: bigint; currency: string }[]
  >`
    SELECT p.id AS "paymentId", a.order_id AS "orderId", a.out_trade_no AS "outTradeNo", a.amount_minor AS "amountMinor", a.currency
      FROM payment_attempt a LEFT JOIN payment p ON p.order_id = a.order_id AND p.attempt_id = a.id
     WHERE a.account_id = ${accountId}
       AND a.id IN (SELECT attempt_id FROM payment WHERE account_id = ${accountId} AND gateway_trade_number = ${told.gatewayTradeNo}
                    UNION ALL SELECT id FROM payment_attempt WHERE account_id = ${accountId} AND out_trade_no = ${told.outTradeNo})
     ORDER BY p.gateway_trade_number IS NOT DISTINCT FROM ${told.gatewayTradeNo}::text DESC, p.received_at LIMIT 1`;
  const row = rows[0];
  return row ? { paymentId: row.paymentId, orderId: row.orderId, attempt: row } : null;
}
