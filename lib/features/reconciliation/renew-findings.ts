import { newId } from "@/lib/kernel/id";
import type { Tx } from "@/lib/platform/db";
import { type FindingKind, ruleOf, type Severity } from "./kinds";

/** A difference as a check finds it. */
export interface FoundDifference {
  readonly kind: FindingKind;
  /** What makes it one finding however often it is found. */
  readonly subject: string;
  /** The kind's own, unless this one is graver or less grave. */
  readonly severity?: Severity | undefined;
  readonly orderId?: string | null;
  readonly eventId?: string | null;
  readonly merchantId?: string | null;
  readonly productId?: string | null;
  readonly accountId?: string | null;
  readonly amountMinor?: bigint | string | null;
  readonly currency?: string | null;
  /** The facts of the difference in one text: one that was accepted stays closed while it looks the same. */
  readonly look: string;
  /** Ids, figures and words; never a secret. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** Numbers by which people look for it. */
  readonly searchKeys?: readonly string[];
}

/** What became of differences: new findings, closed ones whose difference is back, and those that were open already or stay accepted. */
export interface Renewed {
  readonly opened: number;
  readonly reopened: number;
  readonly known: number;
}

/**
 * Every difference is one finding, however often and by whomever it is found: a new one is opened, an open one is brought up to date, one
 * that was resolved opens again, and one that was accepted does only when it looks different from what was accepted. All in one statement;
 * rows in the order of their key, so that two who find the same wait for each other and never deadlock.
 */
export async function renewFindings(
  tx: Tx,
  differences: readonly FoundDifference[],
  runId: string | null = null,
): Promise<Renewed> {
  if (differences.length === 0) return { opened: 0, reopened: 0, known: 0 };
  const [row] = await tx.$queryRaw<[Renewed]>`
    WITH input AS MATERIALIZED (
      SELECT DISTINCT ON (kind, subject) * FROM json_to_recordset(${JSON.stringify(inputOf(differences))}::json) AS i
        (id uuid, kind text, subject text, severity text, "orderId" uuid, "eventId" uuid, "merchantId" uuid, "productId" uuid, "accountId" text,
         amount bigint, currency text, look text, detail jsonb, keys text[])
       ORDER BY kind, subject),
    before AS MATERIALIZED (
      SELECT f.id, f.kind, f.subject, f.status, f.look FROM finding f JOIN input i ON f.kind = i.kind AND f.subject = i.subject
       ORDER BY f.kind, f.subject FOR UPDATE OF f),
    renewed AS (
      UPDATE finding f
         SET last_found_at = now(), found_count = f.found_count + 1, run_id = coalesce(${runId}::uuid, f.run_id), look = i.look,
             severity = i.severity, order_id = coalesce(f.order_id, i."orderId"), event_id = coalesce(f.event_id, i."eventId"),
             merchant_id = coalesce(i."merchantId", f.merchant_id), product_id = coalesce(i."productId", f.product_id),
             account_id = coalesce(i."accountId", f.account_id),
             amount_minor = CASE WHEN i.amount IS NULL THEN f.amount_minor ELSE i.amount END,
             currency = CASE WHEN i.amount IS NULL THEN f.currency ELSE i.currency END,
             detail = f.detail || i.detail, search_keys = ARRAY(SELECT DISTINCT unnest(f.search_keys || i.keys)),
             status = CASE WHEN b.returns THEN 'open' ELSE f.status END,
             opened_at = CASE WHEN b.returns THEN now() ELSE f.opened_at END,
             resolved_at = CASE WHEN b.returns THEN NULL ELSE f.resolved_at END,
             resolution = CASE WHEN b.returns THEN NULL ELSE f.resolution END,
             reason = CASE WHEN b.returns THEN NULL ELSE f.reason END,
             owner_id = CASE WHEN b.returns THEN NULL ELSE f.owner_id END
        FROM (SELECT b.*, b.status = 'resolved' OR (b.status = 'accepted' AND b.look <> '' AND b.look <> i.look) AS returns
                FROM before b JOIN input i ON i.kind = b.kind AND i.subject = b.subject) b
        JOIN input i ON i.kind = b.kind AND i.subject = b.subject
       WHERE f.id = b.id
      RETURNING f.id, b.returns),
    opened AS (
      INSERT INTO finding (id, kind, subject, severity, order_id, event_id, merchant_id, product_id, account_id, amount_minor, currency, look,
                           detail, search_keys, run_id)
      SELECT i.id, i.kind, i.subject, i.severity, i."orderId", i."eventId", i."merchantId", i."productId", i."accountId", i.amount, i.currency, i.look,
             i.detail, i.keys, ${runId}::uuid
        FROM input i WHERE NOT EXISTS (SELECT 1 FROM before b WHERE b.kind = i.kind AND b.subject = i.subject)
       ORDER BY i.kind, i.subject
      -- Somebody else has opened it a moment ago: it is open, and found again the next time.
      ON CONFLICT (kind, subject) DO NOTHING RETURNING id),
    told AS (
      INSERT INTO finding_event (finding_id, kind, detail)
      SELECT id, 'opened', jsonb_strip_nulls(jsonb_build_object('run', ${runId}::text)) FROM opened
      UNION ALL SELECT id, 'reopened', jsonb_strip_nulls(jsonb_build_object('run', ${runId}::text)) FROM renewed WHERE returns)
    SELECT (SELECT count(*)::int FROM opened) AS opened, (SELECT count(*)::int FROM renewed WHERE returns) AS reopened,
           (SELECT count(*)::int FROM renewed WHERE NOT returns) AS known`;
  return row;
}

const inputOf = (differences: readonly FoundDifference[]) =>
  differences.map(({ kind, amountMinor = null, currency = null, searchKeys = [], ...rest }) => ({
    ...rest,
    id: newId(),
    kind,
    severity: rest.severity ?? ruleOf(kind).severity,
    amount: amountMinor === null || currency === null ? null : amountMinor.toString(),
    currency: amountMinor === null ? null : currency,
    keys: [...new Set(searchKeys.filter((key) => key !== ""))],
  }));
