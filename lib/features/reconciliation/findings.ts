import { newId } from "@/lib/kernel/id";
import type { Tx } from "@/lib/platform/db";
import { type FindingKind, ruleOf } from "./kinds";

export type { FindingKind } from "./kinds";

export interface FindingDraft {
  readonly kind: FindingKind;
  /** What makes it one finding however often it is found. */
  readonly subject: string;
  readonly orderId?: string;
  readonly eventId?: string;
  readonly detail?: Record<string, string>;
}

/**
 * Opens a finding, or leaves the one that is there: the same difference found again is the same finding. Its shop, product, account and
 * the money at stake are those of the order and of the event that it names.
 */
export async function openFinding(
  tx: Tx,
  { kind, subject, orderId, eventId, detail = {} }: FindingDraft,
): Promise<void> {
  await tx.$executeRaw`
    WITH opened AS (
      INSERT INTO finding (id, kind, subject, order_id, event_id, detail, severity, merchant_id, product_id, account_id, amount_minor, currency, search_keys)
      SELECT ${newId()}::uuid, ${kind}, ${subject}, ${orderId ?? null}::uuid, ${eventId ?? null}::uuid, ${JSON.stringify(detail)}::jsonb, ${ruleOf(kind).severity},
             o.merchant_id, p.product_id, e.account_id,
             CASE WHEN e.amount_minor >= 0 AND e.currency IS NOT NULL THEN e.amount_minor ELSE o.total_minor END,
             CASE WHEN e.amount_minor >= 0 AND e.currency IS NOT NULL THEN e.currency ELSE o.currency END,
             array_remove(ARRAY[o.number, e.gateway_trade_number, e.out_trade_no], NULL)
        FROM (SELECT 1) AS one
        LEFT JOIN orders o ON o.id = ${orderId ?? null}::uuid
        LEFT JOIN payment_event e ON e.id = ${eventId ?? null}::uuid
        LEFT JOIN LATERAL (SELECT v.product_id FROM order_line l JOIN variant v ON v.id = l.variant_id WHERE l.order_id = o.id ORDER BY l.line LIMIT 1) p ON true
      ON CONFLICT (kind, subject) DO NOTHING RETURNING id)
    INSERT INTO finding_event (finding_id, kind) SELECT id, 'opened' FROM opened`;
}

/** Opens a finding again whose difference has come back; nothing happens to one that is open. */
export async function reopenFinding(tx: Tx, { kind, subject }: Pick<FindingDraft, "kind" | "subject">): Promise<void> {
  await tx.$executeRaw`
    WITH reopened AS (
      UPDATE finding SET status = 'open', resolved_at = NULL, resolution = NULL, reason = NULL, owner_id = NULL, opened_at = now(),
             last_found_at = now(), found_count = found_count + 1
       WHERE kind = ${kind} AND subject = ${subject} AND status IN ('resolved', 'accepted') RETURNING id)
    INSERT INTO finding_event (finding_id, kind) SELECT id, 'reopened' FROM reopened`;
}

/** Closes a finding whose difference is gone; nothing happens when there is none open. */
export async function resolveFinding(
  tx: Tx,
  { kind, subject, resolution }: { kind: FindingKind; subject: string; resolution: string },
): Promise<void> {
  const open = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM finding WHERE kind = ${kind} AND subject = ${subject} AND status IN ('open', 'in_work')`;
  await resolveFindings(
    tx,
    open.map(({ id }) => id),
    resolution,
  );
}

/** Closes those of these findings that are open, each with the line of its history; returns how many. */
export async function resolveFindings(tx: Tx, ids: readonly string[], resolution: string): Promise<number> {
  if (ids.length === 0) return 0;
  return tx.$executeRaw`
    WITH resolved AS (
      UPDATE finding SET status = 'resolved', resolved_at = now(), resolution = ${resolution}
       WHERE id = ANY (${[...ids]}::uuid[]) AND status IN ('open', 'in_work') RETURNING id)
    INSERT INTO finding_event (finding_id, kind, detail)
    SELECT id, 'resolved', jsonb_build_object('resolution', ${resolution}::text) FROM resolved`;
}
