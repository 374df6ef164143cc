import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";
import type { AnyOutcome, DisputeState } from "./rules";

/** A decision as it is on record. Its id is the id of the replacement or the refund that it makes, and the key of a wallet's adjustment. */
export interface Decision {
  readonly id: string;
  readonly disputeId: string;
  readonly orderId: string;
  readonly outcome: AnyOutcome;
  readonly state: "pending" | "done" | "dropped";
  readonly reason: string;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly decidedByKind: "merchant" | "admin" | "system";
  readonly decidedBy: string | null;
  readonly fromStatus: DisputeState;
  readonly contentHash: Uint8Array;
}

/** One decision by its id, or null. */
export async function findDecision(tx: Db | Tx, id: string): Promise<Decision | null> {
  const row = await tx.disputeDecision.findUnique({ where: { id } });
  return row as Decision | null;
}

export type DecisionDraft = Omit<Decision, "contentHash"> & {
  readonly contentHash: Buffer;
  readonly method: "source" | "balance" | null;
};

/** Puts a decision on record; the caller has locked its dispute, which has no other one pending. */
export async function insertDecision(tx: Tx, d: DecisionDraft): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO dispute_decision (id, dispute_id, order_id, outcome, state, reason, amount_minor, currency, method, decided_by_kind, decided_by,
                                  from_status, content_hash, ended_at)
    VALUES (${d.id}::uuid, ${d.disputeId}::uuid, ${d.orderId}::uuid, ${d.outcome}, ${d.state}, ${d.reason}, ${d.amountMinor}::bigint, ${d.currency},
            ${d.method}, ${d.decidedByKind}, ${d.decidedBy}::uuid, ${d.fromStatus}, ${d.contentHash},
            CASE WHEN ${d.state} <> 'pending' THEN date_trunc('milliseconds', clock_timestamp()) END)`;
}

/** Ends a pending decision; false when somebody else has. */
export async function endDecision(tx: Tx, id: string, state: "done" | "dropped"): Promise<boolean> {
  const ended = await tx.$executeRaw`
    UPDATE dispute_decision SET state = ${state}, ended_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ${id}::uuid AND state = 'pending'`;
  return ended === 1;
}

/**
 * What a decision has brought about so far: whatever bears its number. `waiting`: a second person has to agree first; `refused`: he did not.
 */
export async function findEffect(
  db: Db | Tx,
  { id, outcome }: Pick<Decision, "id" | "outcome">,
): Promise<"done" | "none" | "waiting" | "refused"> {
  if (outcome === "replace") return (await db.replacement.count({ where: { id } })) === 1 ? "done" : "none";
  if (outcome === "refund") return (await db.refund.count({ where: { id } })) === 1 ? "done" : "none";
  if (outcome !== "compensate") return "done";
  const row = await db.walletAdjustment.findUnique({ where: { requestKey: id }, select: { status: true } });
  if (!row) return "none";
  return row.status === "confirmed" ? "done" : row.status === "refused" ? "refused" : "waiting";
}

/** Decisions that are being carried out; `isOld`: longer than that takes, so whoever began it was killed. */
export const listPending = (db: Db, limit: number): Promise<{ id: string; isOld: boolean }[]> =>
  db.$queryRaw`
    SELECT id, at < clock_timestamp() - make_interval(secs => ${limits.disputeDecisionSeconds}::int) AS "isOld"
      FROM dispute_decision WHERE state = 'pending' ORDER BY at LIMIT ${limit}::int`;
