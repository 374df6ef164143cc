import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { type FairnessCount, readFairness } from "./counters";
import { Evidence } from "./evidence";
import { type AnyOutcome, type DisputeKind, type DisputeState, type Party, reopenEnd } from "./rules";
import type { DisputeListQuery } from "./schema";

interface Reads {
  readonly db: Db;
}

/** Something that was said or done in a dispute. */
export interface ThreadMessage {
  readonly id: bigint;
  readonly at: Date;
  readonly by: Party | "system";
  readonly kind: string;
  readonly body: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
  /** Who of the back office it was: told to admins, and to merchants of their own people; never to a buyer. */
  readonly email: string | null;
}

interface Head {
  readonly id: string;
  readonly source: "buyer" | "gateway";
  readonly kind: DisputeKind;
  readonly status: DisputeState;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly position: number | null;
  readonly openedAt: Date;
  readonly dueAt: Date | null;
  readonly closedAt: Date | null;
  readonly reopenedCount: number;
  readonly messageCount: number;
  readonly outcome: AnyOutcome | null;
  readonly reason: string | null;
  readonly outcomeAmountMinor: bigint | null;
  readonly outcomeCurrency: string | null;
}

/** A dispute as its buyer sees it. */
export interface BuyersDispute extends Head {
  readonly messages: readonly ThreadMessage[];
  readonly pictureIds: readonly string[];
  /** Until when he may open it again; null: not. */
  readonly reopenUntil: Date | null;
  /** The merchant has answered, so the platform may be called. */
  readonly mayCallAdmin: boolean;
}

const readHead = async (db: Db, disputeId: string): Promise<Head | null> => {
  const rows = await db.$queryRaw<Head[]>`
    SELECT d.id, d.source, d.kind, d.status, d.order_id AS "orderId", o.number AS "orderNumber", d.position, d.opened_at AS "openedAt", d.due_at AS "dueAt",
           d.closed_at AS "closedAt", d.reopened_count AS "reopenedCount", d.message_count AS "messageCount", x.outcome, x.reason,
           x.amount_minor AS "outcomeAmountMinor", x.currency AS "outcomeCurrency"
      FROM dispute d JOIN orders o ON o.id = d.order_id LEFT JOIN dispute_decision x ON x.id = d.decision_id
     WHERE d.id = ${disputeId}::uuid`;
  return rows[0] ?? null;
};

const readMessages = (db: Db, disputeId: string, emailsOf: string | "all" | null): Promise<ThreadMessage[]> => {
  const [isAll, merchantId] = emailsOf === "all" ? [true, null] : [false, emailsOf];
  return db.$queryRaw`
    SELECT m.id, m.at, m.author_kind AS by, m.kind, m.body, m.detail, CASE WHEN ${isAll} OR u.merchant_id = ${merchantId}::uuid THEN u.email END AS email
      FROM dispute_message m LEFT JOIN app_user u ON u.id = m.author_id
     WHERE m.dispute_id = ${disputeId}::uuid ORDER BY m.id LIMIT ${limits.disputeMessagesMax}::int`;
};

/** The thread without names, for whoever has found that it may be shown. */
export const readThread = ({ db }: Reads, disputeId: string): Promise<ThreadMessage[]> =>
  readMessages(db, disputeId, null);

async function readPictureIds(db: Db, disputeId: string): Promise<readonly string[]> {
  const rows = await db.disputePicture.findMany({ where: { disputeId }, orderBy: { id: "asc" }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/** One dispute of an order, for callers that have established who holds it; null for one of another order. A chargeback is not his to see. */
export async function findBuyersDispute(
  { db }: Reads,
  { orderId, disputeId }: { orderId: string; disputeId: string },
): Promise<BuyersDispute | null> {
  const head = await readHead(db, disputeId);
  if (head?.orderId !== orderId || head.source !== "buyer") return null;
  const messages = await readMessages(db, disputeId, null);
  return {
    ...head,
    messages,
    pictureIds: await readPictureIds(db, disputeId),
    reopenUntil: reopenEnd(head),
    mayCallAdmin: head.status === "waiting_buyer",
  };
}

/** What the receipt says of a dispute. */
export type BuyersDisputeRow = Pick<Head, "id" | "position" | "kind" | "status" | "dueAt" | "openedAt" | "outcome">;

/** The reports of an order, for callers that have established who asks, the newest first. */
export const listBuyersDisputes = ({ db }: Reads, orderId: string): Promise<BuyersDisputeRow[]> =>
  db.$queryRaw`
    SELECT d.id, d.position, d.kind, d.status, d.due_at AS "dueAt", d.opened_at AS "openedAt", x.outcome
      FROM dispute d LEFT JOIN dispute_decision x ON x.id = d.decision_id
     WHERE d.order_id = ${orderId}::uuid AND d.source = 'buyer' ORDER BY d.opened_at DESC, d.id DESC LIMIT ${limits.listRowsPerPage}::int`;

/** What was reported of an order, and what the bank asks back, the newest first: as far as it is the viewer's to see. */
export const listDisputesOf = (
  { db }: Reads,
  viewer: Viewer,
  orderId: string,
): Promise<Pick<DisputeRow, "id" | "kind" | "status" | "position" | "outcome">[]> => {
  const scope = merchantScope(viewer);
  return db.$queryRaw`
    SELECT d.id, d.kind, d.status, d.position, x.outcome FROM dispute d LEFT JOIN dispute_decision x ON x.id = d.decision_id
     WHERE d.order_id = ${orderId}::uuid AND (${scope}::uuid IS NULL OR d.merchant_id = ${scope}::uuid)
     ORDER BY d.opened_at DESC, d.id DESC LIMIT ${limits.listRowsPerPage}::int`;
};

/** A dispute in a list of the back office. */
export interface DisputeRow {
  readonly id: string;
  readonly source: "buyer" | "gateway";
  readonly kind: DisputeKind;
  readonly status: DisputeState;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly position: number | null;
  readonly merchantName: string;
  readonly titleZh: string | null;
  readonly titleEn: string | null;
  readonly openedAt: Date;
  readonly dueAt: Date | null;
  readonly isOverdue: boolean;
  readonly outcome: AnyOutcome | null;
}

/** The viewer's disputes: those that wait for the viewer's own side first, by their deadline; then the newest. */
export async function listDisputes({ db }: Reads, viewer: Viewer, { status, page }: DisputeListQuery) {
  const size = limits.listRowsPerPage;
  const scope = merchantScope(viewer);
  const mine: readonly DisputeState[] = viewer.kind === "admin" ? ["escalated"] : ["waiting_merchant"];
  const rows = await db.$queryRaw<DisputeRow[]>`
    SELECT d.id, d.source, d.kind, d.status, d.order_id AS "orderId", o.number AS "orderNumber", d.position, m.name AS "merchantName",
           p.title_zh || ' · ' || v.title_zh AS "titleZh", p.title_en || ' · ' || v.title_en AS "titleEn", d.opened_at AS "openedAt", d.due_at AS "dueAt",
           coalesce(d.due_at <= clock_timestamp(), false) AS "isOverdue", x.outcome
      FROM dispute d JOIN orders o ON o.id = d.order_id JOIN merchant m ON m.id = d.merchant_id
      LEFT JOIN variant v ON v.id = d.variant_id LEFT JOIN product p ON p.id = v.product_id
      LEFT JOIN dispute_decision x ON x.id = d.decision_id
     WHERE (${scope}::uuid IS NULL OR d.merchant_id = ${scope}::uuid) AND (${status ?? null}::text IS NULL OR d.status = ${status ?? null})
     ORDER BY d.status = ANY (${[...mine]}::text[]) DESC, CASE WHEN d.status = ANY (${[...mine]}::text[]) THEN coalesce(d.due_at, d.opened_at) END, d.id DESC
     LIMIT ${size + 1}::int OFFSET ${(page - 1) * size}::int`;
  return { rows: rows.slice(0, size), page, hasMore: rows.length > size };
}

/** How many disputes wait for the viewer's own side. */
export async function countWaiting({ db }: Reads, viewer: Viewer): Promise<number> {
  if (viewer.kind === "admin") return db.dispute.count({ where: { status: "escalated" } });
  return db.dispute.count({ where: { status: "waiting_merchant", merchantId: viewer.merchantId } });
}

/** How many disputes wait for the platform, and how many of them are chargebacks, which the bank decides. */
export async function countEscalated({
  db,
}: Reads): Promise<{ readonly waiting: number; readonly chargebacks: number }> {
  const where = { status: "escalated" };
  const [waiting, chargebacks] = await Promise.all([
    db.dispute.count({ where }),
    db.dispute.count({ where: { ...where, source: "gateway" } }),
  ]);
  return { waiting, chargebacks };
}

/** A dispute as its merchant and the platform see it: with what was known when it was opened. */
export interface StaffDispute extends Head {
  readonly merchantId: string;
  readonly merchantName: string;
  readonly email: string;
  readonly orderStatus: string;
  readonly currency: string;
  readonly unitPriceMinor: bigint;
  readonly batchId: string | null;
  readonly accountId: string | null;
  readonly chargebackNumber: string | null;
  readonly evidence: Evidence;
  readonly messages: readonly ThreadMessage[];
  readonly pictureIds: readonly string[];
  readonly replacementCount: number;
  /** As they stand now. */
  readonly buyer: FairnessCount;
  readonly merchant: FairnessCount;
  /** A decision waits for a second admin. */
  readonly waitsForSecond: boolean;
}

type StaffRow = Omit<StaffDispute, keyof Head | "evidence" | "messages" | "pictureIds" | "buyer" | "merchant"> & {
  readonly evidence: unknown;
  readonly buyerHash: Uint8Array;
};

/** A merchant sees of a gateway's number what he sees of it everywhere: enough to compare, too little to use. */
const shownTo = (viewer: Viewer, evidence: Evidence): Evidence =>
  viewer.kind === "admin"
    ? evidence
    : {
        ...evidence,
        payments: evidence.payments.map(({ tradeNumber, ...payment }) => ({
          ...payment,
          tradeNumber: `${tradeNumber.slice(0, 2)}…${tradeNumber.slice(-4)}`,
        })),
      };

/** One dispute with its thread and its evidence; null when it is not there for this viewer. */
export async function findStaffDispute({ db }: Reads, viewer: Viewer, disputeId: string): Promise<StaffDispute | null> {
  const scope = merchantScope(viewer);
  const [row] = await db.$queryRaw<StaffRow[]>`
    SELECT d.merchant_id AS "merchantId", m.name AS "merchantName", o.email, o.status AS "orderStatus", o.currency, d.batch_id AS "batchId",
           coalesce((SELECT l.unit_price_minor FROM order_line l WHERE l.order_id = o.id AND l.variant_id = d.variant_id LIMIT 1), o.total_minor) AS "unitPriceMinor",
           d.account_id AS "accountId", d.chargeback_number AS "chargebackNumber", d.evidence, d.buyer_hash AS "buyerHash",
           (SELECT count(*)::int FROM replacement r WHERE r.order_id = o.id) AS "replacementCount",
           EXISTS (SELECT 1 FROM wallet_adjustment w WHERE w.request_key = d.decision_id::text AND w.status = 'proposed') AS "waitsForSecond"
      FROM dispute d JOIN orders o ON o.id = d.order_id JOIN merchant m ON m.id = d.merchant_id
     WHERE d.id = ${disputeId}::uuid AND (${scope}::uuid IS NULL OR d.merchant_id = ${scope}::uuid)`;
  const head = row && (await readHead(db, disputeId));
  if (!row || !head) return null;
  const { buyerHash, evidence, ...rest } = row;
  const [messages, pictureIds, fairness] = await Promise.all([
    readMessages(db, disputeId, scope ?? "all"),
    readPictureIds(db, disputeId),
    readFairness(db, { buyerHash, merchantId: row.merchantId }),
  ]);
  return { ...head, ...rest, evidence: shownTo(viewer, Evidence.parse(evidence)), messages, pictureIds, ...fairness };
}
