import { gatherEvidence } from "@/lib/features/disputes/evidence";
import { mailBuyer, mailMerchant } from "@/lib/features/disputes/mails";
import { maskCards } from "@/lib/features/disputes/mask";
import { judgeReport, type ReportKind } from "@/lib/features/disputes/rules";
import {
  addMessage,
  buyerHash,
  contentHash,
  findContentHash,
  insertDispute,
  type ReportedOrder,
  readReported,
} from "@/lib/features/disputes/store";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { takeAttempt } from "@/lib/platform/attempts";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { canMail } from "./mail-order-link";

export interface OpenDispute {
  /** Made when the form is; the same form sent twice is one report. */
  readonly disputeId: string;
  readonly orderId: string;
  /** Which card of the order, from 1; null: the whole order. */
  readonly position: number | null;
  readonly kind: ReportKind;
  readonly text: string;
  /** Whence it comes, as a reveal is recorded. */
  readonly addressHash: Uint8Array | null;
  readonly userAgent: string;
  /** For counting. */
  readonly addressKey: string;
}

/**
 * - not_reportable: nothing was delivered, or the money went back · report_late: too long ago
 * - no_such_card: the order has no such place · already_reported: the card has a report, which can be opened again
 */
export type OpenRefusal =
  | "not_found"
  | "not_reportable"
  | "report_late"
  | "no_such_card"
  | "already_reported"
  | "too_many_disputes"
  | "rate_limited"
  | "idempotency_conflict";

const PER_BUYER = {
  name: "dispute.buyer",
  points: limits.disputesPerBuyerPerDay,
  windowSeconds: limits.disputeWindowSeconds,
};
const PER_ADDRESS = { name: "dispute.address", points: limits.disputesPerAddressPerHour, windowSeconds: 3_600 };

async function takeTurns(deps: Deps, { email, addressKey }: { email: string; addressKey: string }) {
  const address = await takeAttempt(deps, PER_ADDRESS, addressKey);
  return address.ok ? takeAttempt(deps, PER_BUYER, email) : address;
}

/** Whether an id stands for these words already, or for others; null: for nothing. */
function judgeKnown(known: Uint8Array | null, hash: Buffer): Result<{ isNew: false }, "idempotency_conflict"> | null {
  if (!known) return null;
  return hash.equals(known) ? ok({ isNew: false }) : err("idempotency_conflict");
}

interface Report {
  readonly cmd: OpenDispute;
  readonly hash: Buffer;
}

/** The report with its evidence, its first message and its mails; the database refuses a second one of the same card. */
async function record(
  deps: Deps,
  tx: Tx,
  { cmd, hash }: Report,
  order: ReportedOrder,
): Promise<Result<{ isNew: boolean }, OpenRefusal>> {
  const { orderId, merchantId, cardId, variantId, batchId } = order;
  const addressHash = cmd.addressHash ? Buffer.from(cmd.addressHash) : null;
  const userAgent = cmd.userAgent.slice(0, limits.userAgentMax);
  const buyer = buyerHash(deps.keys, order.email);
  const about = { orderId, merchantId, cardId, batchId, addressHash, userAgent };
  const evidence = await gatherEvidence(tx, { ...about, buyerHash: buyer });
  const body = await maskCards(tx, deps, { orderId, merchantId, text: cmd.text });
  const isNew = await insertDispute(tx, {
    ...about,
    id: cmd.disputeId,
    source: "buyer",
    kind: cmd.kind,
    status: "waiting_merchant",
    position: cmd.position,
    variantId,
    buyerHash: buyer,
    accountId: null,
    chargebackNumber: null,
    evidence,
    contentHash: hash,
  });
  // The same form, sent at the same moment, was first.
  if (!isNew) return judgeKnown(await findContentHash(tx, cmd.disputeId), hash) ?? err("already_reported");
  const author = { kind: "buyer", userId: null } as const;
  await addMessage(tx, { disputeId: cmd.disputeId, author, kind: "opened", body, requestId: newId() });
  const status = canMail(deps) ? "queued" : "not_configured";
  await mailBuyer(tx, cmd.disputeId, "dispute_received", status);
  await mailMerchant(tx, cmd.disputeId, status);
  return ok({ isNew: true });
}

async function open(deps: Deps, tx: Tx, report: Report): Promise<Result<{ isNew: boolean }, OpenRefusal>> {
  const { cmd, hash } = report;
  const known = judgeKnown(await findContentHash(tx, cmd.disputeId), hash);
  if (known) return known;
  const order = await readReported(tx, cmd.orderId, cmd.position);
  if (!order) return err("not_found");
  const judged = judgeReport(order, cmd);
  if (!judged.ok) return judged;
  if (cmd.position !== null && order.cardId === null) return err("no_such_card");
  if (order.openCount >= limits.disputesOpenPerOrder) return err("too_many_disputes");
  return record(deps, tx, report, order);
}

/**
 * Opens a dispute about a card, or about an order that never came, for callers that have established that the buyer holds the order:
 * once for each intention and once for each card, with everything the shop knows at that moment. The merchant is told, and has a
 * deadline. Cards that stand in the text are not kept.
 */
export async function openDispute(deps: Deps, cmd: OpenDispute): Promise<Result<{ disputeId: string }, OpenRefusal>> {
  const report = { cmd, hash: contentHash(deps.keys, [cmd.orderId, cmd.position, cmd.kind, cmd.text]) };
  const order = await deps.db.order.findUnique({ where: { id: cmd.orderId }, select: { email: true } });
  if (!order) return err("not_found");
  const isRepeat = (await deps.db.dispute.count({ where: { id: cmd.disputeId } })) === 1;
  const turn = isRepeat ? ok(null) : await takeTurns(deps, { email: order.email, addressKey: cmd.addressKey });
  if (!turn.ok) return turn;
  const opened = await inTransaction(deps.db, (tx) => open(deps, tx, report));
  if (!opened.ok) return opened;
  const { disputeId, orderId, kind } = cmd;
  if (opened.value.isNew) deps.log.info("dispute.opened", { disputeId, orderId, kind });
  return ok({ disputeId });
}
