import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Currency } from "@/lib/kernel/money";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { plainLine, tradeNumberOf } from "./rules";
import type { TransferListQuery } from "./schema";
import type { TransferStatus } from "./store";

interface Reads {
  readonly db: Db;
}
type Admin = Extract<Viewer, { kind: "admin" }>;

/** One order that waits for somebody to look into the bank's list, or that somebody has looked up. */
export interface TransferRow {
  readonly attemptId: string;
  readonly orderId: string;
  readonly number: string;
  readonly email: string;
  readonly status: string;
  readonly exception: string;
  readonly paymentCount: number;
  readonly totalMinor: bigint;
  readonly currency: Currency;
  readonly accountId: string;
  readonly accountZh: string;
  readonly accountEn: string;
  /** When the buyer said so, and which words he left; null when he said nothing. */
  readonly reportedAt: Date | null;
  readonly reportReference: string | null;
  readonly isReportOpen: boolean;
  /** The newest word of an admin about it. */
  readonly transferId: string | null;
  readonly transferStatus: TransferStatus | null;
  readonly amountMinor: bigint | null;
  readonly reference: string | null;
  readonly arrivedOn: string | null;
  readonly needsTwoNames: boolean | null;
  readonly proposedBy: string | null;
  readonly proposedAt: Date | null;
  readonly proposerEmail: string | null;
  readonly deciderEmail: string | null;
  readonly decidedAt: Date | null;
  readonly refusal: string | null;
}

/** Which attempts are meant, by indexes that hold only the few that wait, or by what somebody looks for. */
function attemptsOf({ q, list }: TransferListQuery): Prisma.Sql {
  if (q !== "") {
    const number = tradeNumberOf(q);
    return Prisma.sql`
      SELECT a.id, a.created_at AS at FROM orders o JOIN payment_attempt a ON a.order_id = o.id WHERE o.number = ${q.toUpperCase()}
      UNION SELECT t.attempt_id, max(t.proposed_at) FROM transfer t WHERE t.trade_number = ${number.ok ? number.value : plainLine(q)} GROUP BY t.attempt_id`;
  }
  if (list === "decided")
    return Prisma.sql`SELECT attempt_id AS id, max(decided_at) AS at FROM transfer WHERE status IN ('confirmed', 'refused') GROUP BY attempt_id`;
  return Prisma.sql`
    SELECT u.id, min(u.at) AS at
      FROM (SELECT attempt_id AS id, proposed_at AS at FROM transfer WHERE status = 'proposed'
            UNION ALL SELECT attempt_id, reported_at FROM transfer_report WHERE closed_at IS NULL) u GROUP BY u.id`;
}

/** Transfers by hand: who waits for a person, the one who waits longest first; or what was decided, the newest first. */
export async function listTransfers({ db }: Reads, _viewer: Admin, query: TransferListQuery) {
  const size = limits.listRowsPerPage;
  const order = query.list === "decided" || query.q !== "" ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const rows = await db.$queryRaw<TransferRow[]>`
    WITH meant AS (${attemptsOf(query)})
    SELECT a.id AS "attemptId", o.id AS "orderId", o.number, o.email,
           CASE WHEN o.status = 'pending' AND o.deadline_at <= clock_timestamp() THEN 'expired' ELSE o.status END AS status, o.exception,
           o.payment_count AS "paymentCount", o.total_minor AS "totalMinor", a.currency, a.account_id AS "accountId", g.title_zh AS "accountZh",
           g.title_en AS "accountEn", r.reported_at AS "reportedAt", r.reference AS "reportReference",
           r.attempt_id IS NOT NULL AND r.closed_at IS NULL AS "isReportOpen", t.id AS "transferId", t.status AS "transferStatus",
           t.amount_minor AS "amountMinor", t.reference, t.arrived_on::text AS "arrivedOn", t.needs_two_names AS "needsTwoNames",
           t.proposed_by AS "proposedBy", t.proposed_at AS "proposedAt", p.email AS "proposerEmail", d.email AS "deciderEmail",
           t.decided_at AS "decidedAt", coalesce(t.refusal, r.refusal) AS refusal
      FROM meant m
      JOIN payment_attempt a ON a.id = m.id
      JOIN gateway_account g ON g.id = a.account_id AND g.gateway = 'manual'
      JOIN orders o ON o.id = a.order_id
      LEFT JOIN transfer_report r ON r.attempt_id = a.id
      LEFT JOIN LATERAL (SELECT * FROM transfer x WHERE x.attempt_id = a.id ORDER BY x.status = 'proposed' DESC, x.proposed_at DESC LIMIT 1) t ON true
      LEFT JOIN app_user p ON p.id = t.proposed_by
      LEFT JOIN app_user d ON d.id = t.decided_by
     ORDER BY m.at ${order}, a.id LIMIT ${size + 1}::int OFFSET ${(query.page - 1) * size}::int`;
  return { rows: rows.slice(0, size), page: query.page, hasMore: rows.length > size };
}

/** How many people could give a second name. */
export const countAdmins = ({ db }: Reads): Promise<number> =>
  db.appUser.count({ where: { role: "admin", status: "active" } });

/** What a buyer said of his transfer, and what was answered; null when he has said nothing. */
export const findReport = (
  { db }: Reads,
  attemptId: string,
): Promise<{ reference: string; reportedAt: Date; closedAt: Date | null; refusal: string | null } | null> =>
  db.transferReport.findUnique({
    where: { attemptId },
    select: { reference: true, reportedAt: true, closedAt: true, refusal: true },
  });
