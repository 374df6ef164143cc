import { createHmac } from "node:crypto";
import { assert } from "@/lib/kernel/assert";
import type { Keys } from "@/lib/platform/crypto";
import type { Db, Tx } from "@/lib/platform/db";
import { type AnyOutcome, type DisputeKind, type DisputeState, hoursOf, type Party } from "./rules";

/** A dispute as it is locked to be changed. */
export interface Dispute {
  readonly id: string;
  readonly source: "buyer" | "gateway";
  readonly kind: DisputeKind;
  readonly status: DisputeState;
  readonly orderId: string;
  readonly merchantId: string;
  readonly position: number | null;
  readonly cardId: string | null;
  readonly decisionId: string | null;
  readonly reopenedCount: number;
  readonly messageCount: number;
  readonly closedAt: Date | null;
  readonly now: Date;
}

/** An e-mail address under the shop's key: what one buyer reports can be counted, and the row names nobody. */
export const buyerHash = ({ requestHash }: Pick<Keys, "requestHash">, email: string): Buffer =>
  createHmac("sha256", requestHash).update(`dispute-buyer|${email.trim().toLowerCase()}`).digest();

/** The words of an intention under the shop's key; who writes a card into them leaves nothing that a guess could be tried on. */
export const contentHash = ({ requestHash }: Pick<Keys, "requestHash">, words: readonly unknown[]): Buffer =>
  createHmac("sha256", requestHash)
    .update(`dispute|${JSON.stringify(words)}`)
    .digest();

/** One dispute, locked until the transaction ends, or null. */
export async function lockDispute(tx: Tx, id: string): Promise<Dispute | null> {
  const rows = await tx.$queryRaw<Dispute[]>`
    SELECT id, source, kind, status, order_id AS "orderId", merchant_id AS "merchantId", position, card_id AS "cardId", decision_id AS "decisionId",
           reopened_count AS "reopenedCount", message_count AS "messageCount", closed_at AS "closedAt", clock_timestamp() AS now
      FROM dispute WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  return rows[0] ?? null;
}

/** What was ordered, as far as a report about it asks. */
export interface ReportedOrder {
  readonly orderId: string;
  readonly merchantId: string;
  readonly number: string;
  readonly email: string;
  readonly locale: "zh" | "en";
  readonly status: string;
  readonly deliveredAt: Date | null;
  readonly paidAt: Date | null;
  readonly now: Date;
  /** Of the card at the place that was named; null where there is none. */
  readonly cardId: string | null;
  readonly variantId: string | null;
  readonly batchId: string | null;
  readonly openCount: number;
}

/** An order with the card at one of its places; null when there is no such order. */
export async function readReported(tx: Tx, orderId: string, position: number | null): Promise<ReportedOrder | null> {
  const rows = await tx.$queryRaw<ReportedOrder[]>`
    SELECT o.id AS "orderId", o.merchant_id AS "merchantId", o.number, o.email, o.locale, o.status, o.delivered_at AS "deliveredAt", o.paid_at AS "paidAt",
           clock_timestamp() AS now, c.id AS "cardId", c.variant_id AS "variantId", c.batch_id AS "batchId",
           (SELECT count(*)::int FROM dispute d WHERE d.order_id = o.id AND d.closed_at IS NULL) AS "openCount"
      FROM orders o LEFT JOIN card c ON c.id = o.card_ids[${position}::int] AND c.order_id = o.id
     WHERE o.id = ${orderId}::uuid`;
  return rows[0] ?? null;
}

export interface DisputeDraft
  extends Omit<Dispute, "decisionId" | "reopenedCount" | "messageCount" | "closedAt" | "now"> {
  readonly variantId: string | null;
  readonly batchId: string | null;
  readonly buyerHash: Buffer;
  readonly addressHash: Buffer | null;
  readonly userAgent: string;
  readonly accountId: string | null;
  readonly chargebackNumber: string | null;
  readonly evidence: object;
  readonly contentHash: Buffer;
}

/** Puts a dispute on record with what was known at that moment; false when its card, or its chargeback, has one already. */
export async function insertDispute(tx: Tx, d: DisputeDraft): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    INSERT INTO dispute (id, source, kind, status, order_id, merchant_id, position, card_id, variant_id, batch_id, buyer_hash, address_hash, user_agent,
                         account_id, chargeback_number, evidence, content_hash, due_at)
    VALUES (${d.id}::uuid, ${d.source}, ${d.kind}, ${d.status}, ${d.orderId}::uuid, ${d.merchantId}::uuid, ${d.position}::int, ${d.cardId}::uuid,
            ${d.variantId}::uuid, ${d.batchId}::uuid, ${d.buyerHash}, ${d.addressHash}::bytea, ${d.userAgent}, ${d.accountId}, ${d.chargebackNumber},
            ${JSON.stringify(d.evidence)}::jsonb, ${d.contentHash}, clock_timestamp() + make_interval(hours => ${hoursOf(d.status)}::int))
    ON CONFLICT DO NOTHING`;
  return inserted === 1;
}

/** The words that an id was made with; null while it stands for nothing. */
export async function findContentHash(tx: Tx, id: string): Promise<Uint8Array | null> {
  const row = await tx.dispute.findUnique({ where: { id }, select: { contentHash: true } });
  return row?.contentHash ?? null;
}

export interface MessageDraft {
  readonly disputeId: string;
  readonly author: { readonly kind: Party | "system"; readonly userId: string | null };
  readonly kind:
    | "opened"
    | "answer"
    | "escalated"
    | "withdrawn"
    | "lapsed"
    | "decided"
    | "not_done"
    | "reopened"
    | "chargeback";
  readonly body: string;
  readonly detail?: Readonly<Record<string, string | number | null>>;
  readonly requestId: string;
}

/** Adds to the thread, once for each intention; the caller has locked the dispute. False when it was said before. */
export async function addMessage(tx: Tx, { disputeId, author, kind, body, detail = {}, requestId }: MessageDraft) {
  const inserted = await tx.$executeRaw`
    INSERT INTO dispute_message (dispute_id, author_kind, author_id, kind, body, detail, request_id)
    VALUES (${disputeId}::uuid, ${author.kind}, ${author.userId}::uuid, ${kind}, ${body}, ${JSON.stringify(detail)}::jsonb, ${requestId}::uuid)
    ON CONFLICT (dispute_id, request_id) DO NOTHING`;
  if (inserted === 0) return false;
  await tx.$executeRaw`UPDATE dispute SET message_count = message_count + 1 WHERE id = ${disputeId}::uuid`;
  return true;
}

/** What an intention has said in this thread already; null: nothing. */
export const findMessage = (tx: Tx, disputeId: string, requestId: string) =>
  tx.disputeMessage.findUnique({
    where: { disputeId_requestId: { disputeId, requestId } },
    select: { kind: true, body: true, authorKind: true },
  });

/** Moves a locked dispute: whose turn it is, until when, by which decision it was closed. */
export async function moveDispute(
  tx: Tx,
  id: string,
  { status, decisionId = null, reopens = 0 }: { status: DisputeState; decisionId?: string | null; reopens?: 0 | 1 },
): Promise<void> {
  const moved = await tx.$executeRaw`
    UPDATE dispute SET status = ${status}, decision_id = ${decisionId}::uuid, reopened_count = reopened_count + ${reopens}::int,
           due_at = clock_timestamp() + make_interval(hours => ${hoursOf(status)}::int),
           closed_at = CASE WHEN ${status} IN ('decided', 'withdrawn') THEN date_trunc('milliseconds', clock_timestamp()) END
     WHERE id = ${id}::uuid`;
  assert(moved === 1, "a locked dispute is there");
}

/** From now on nobody else decides; the deadline stays as it is. */
export async function holdDispute(tx: Tx, id: string, decisionId: string): Promise<void> {
  await tx.$executeRaw`UPDATE dispute SET status = 'deciding', decision_id = ${decisionId}::uuid WHERE id = ${id}::uuid`;
}

/** The decision came to nothing: it is the same one's turn as before, and until the same moment. */
export async function releaseDispute(tx: Tx, id: string, status: DisputeState): Promise<void> {
  await tx.$executeRaw`UPDATE dispute SET status = ${status}, decision_id = NULL WHERE id = ${id}::uuid`;
}

/** Those whose deadline has passed, the oldest first. */
export const listOverdue = (db: Db, limit: number): Promise<{ id: string }[]> =>
  db.$queryRaw`
    SELECT id FROM dispute WHERE status IN ('waiting_merchant', 'waiting_buyer') AND due_at <= clock_timestamp()
     ORDER BY due_at LIMIT ${limit}::int`;

/** Whether the deadline of a locked dispute has passed, by the database's clock. */
export async function isOverdue(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<
    unknown[]
  >`SELECT 1 FROM dispute WHERE id = ${id}::uuid AND due_at <= clock_timestamp()`;
  return rows.length === 1;
}

/** Whether the card that was reported still stands where it stood: it may have been replaced since. */
export async function isCardInPlace(tx: Tx, { orderId, position, cardId }: Dispute): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM orders WHERE id = ${orderId}::uuid AND card_ids[${position}::int] = ${cardId}::uuid`;
  return rows.length === 1;
}

/** Whether the same card, or the same whole order, has another report that is not withdrawn. */
export async function isReportedElsewhere(tx: Tx, { id, orderId, cardId }: Dispute): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM dispute WHERE id <> ${id}::uuid AND source = 'buyer' AND status <> 'withdrawn' AND order_id = ${orderId}::uuid
       AND card_id IS NOT DISTINCT FROM ${cardId}::uuid LIMIT 1`;
  return rows.length === 1;
}

/** How the last decision that stands came out; null while there is none. */
export async function findOutcome(db: Db | Tx, decisionId: string | null): Promise<AnyOutcome | null> {
  if (decisionId === null) return null;
  const row = await db.disputeDecision.findUniqueOrThrow({ where: { id: decisionId }, select: { outcome: true } });
  return row.outcome as AnyOutcome;
}

/** The dispute of a chargeback by the gateway's number of it, or null. */
export async function findChargeback(
  tx: Tx,
  chargeback: { readonly accountId: string; readonly chargebackNumber: string },
): Promise<string | null> {
  const row = await tx.dispute.findFirst({ where: chargeback, select: { id: true } });
  return row?.id ?? null;
}
