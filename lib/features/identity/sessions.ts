import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { type Db, inTransaction, type Tx } from "@/lib/platform/db";

export interface SignedIn {
  readonly sessionId: string;
  readonly userId: string;
  readonly email: string;
  readonly viewer: Viewer;
  /** The name of the merchant's shop, or null for an admin. */
  readonly merchantName: string | null;
  readonly expiresAt: Date;
  /** Whether the account has a second factor in use. */
  readonly hasFactor: boolean;
  /** When this session's holder last showed the factor, or the password where there is none. */
  readonly provedAt: Date | null;
  /** Whether that was a moment ago, by the database's clock. */
  readonly isProved: boolean;
}

/** Somebody whose password was right, and who has a factor still to show. */
export interface AwaitedFactor {
  readonly sessionId: string;
  readonly viewer: Viewer;
}

export interface SessionView {
  readonly id: string;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

interface Reads {
  readonly db: Db;
}

interface NewSession {
  readonly userId: string;
  readonly userAgent: string;
  /** The factor is still to be shown: the session opens nothing, and lasts minutes. */
  readonly awaitsFactor: boolean;
}

/** Opens a session by the database's clock; the row, not the cookie, is what makes it valid. */
export async function openSession(
  tx: Tx | Db,
  { userId, userAgent, awaitsFactor }: NewSession,
): Promise<{ id: string; expiresAt: Date }> {
  const id = newId();
  const rows = await tx.$queryRaw<{ expires_at: Date }[]>`
    INSERT INTO session (id, user_id, user_agent, awaits_factor, proved_at, expires_at)
    VALUES (${id}::uuid, ${userId}::uuid, ${userAgent.slice(0, limits.userAgentMax)}, ${awaitsFactor}::boolean,
            CASE WHEN ${awaitsFactor}::boolean THEN NULL ELSE clock_timestamp() END,
            clock_timestamp() + CASE WHEN ${awaitsFactor}::boolean THEN make_interval(mins => ${limits.factorWaitMinutes}::int)
                                     ELSE make_interval(days => ${limits.sessionDays}::int) END)
    RETURNING expires_at`;
  return { id, expiresAt: rows[0]!.expires_at };
}

/** Notes that the session's holder has just shown who they are. */
export const markProved = (
  tx: Tx | Db,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<number> =>
  tx.$executeRaw`UPDATE session SET proved_at = clock_timestamp()
                  WHERE id = ${sessionId}::uuid AND user_id = ${userId}::uuid AND revoked_at IS NULL AND NOT awaits_factor`;

interface SignedInRow {
  id: string;
  expires_at: Date;
  user_id: string;
  email: string;
  role: string;
  merchant_id: string | null;
  merchant_name: string | null;
  has_factor: boolean;
  proved_at: Date | null;
  is_proved: boolean;
}

/**
 * Who holds this session right now, or null: revoked, past its time, or of a disabled account. Asked at every read, so a
 * revocation holds from the next request on.
 */
export async function findSignedIn({ db }: Reads, sessionId: string): Promise<SignedIn | null> {
  const [row] = await db.$queryRaw<SignedInRow[]>`
    SELECT s.id, s.expires_at, u.id AS user_id, u.email, u.role, u.merchant_id, m.name AS merchant_name, s.proved_at,
           coalesce(s.proved_at > clock_timestamp() - make_interval(mins => ${limits.stepUpMinutes}::int), false) AS is_proved,
           EXISTS (SELECT 1 FROM user_factor f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS has_factor
      FROM session s
      JOIN app_user u ON u.id = s.user_id AND u.status = 'active'
      LEFT JOIN merchant m ON m.id = u.merchant_id
     WHERE s.id = ${sessionId}::uuid AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp() AND NOT s.awaits_factor`;
  const viewer = row && viewerOf(row);
  if (!row || !viewer) return null;
  const { id, user_id: userId, email, merchant_name: merchantName, expires_at: expiresAt } = row;
  const { has_factor: hasFactor, proved_at: provedAt, is_proved: isProved } = row;
  return { sessionId: id, userId, email, viewer, merchantName, expiresAt, hasFactor, provedAt, isProved };
}

/** Whose factor this session waits for, or null: it waits for none, or no longer. */
export async function findAwaited({ db }: Reads, sessionId: string): Promise<AwaitedFactor | null> {
  const [row] = await db.$queryRaw<Pick<SignedInRow, "role" | "user_id" | "merchant_id">[]>`
    SELECT u.role, u.id AS user_id, u.merchant_id FROM session s JOIN app_user u ON u.id = s.user_id AND u.status = 'active'
     WHERE s.id = ${sessionId}::uuid AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp() AND s.awaits_factor`;
  const viewer = row && viewerOf(row);
  return viewer ? { sessionId, viewer } : null;
}

function viewerOf({
  role,
  user_id: userId,
  merchant_id: merchantId,
}: Pick<SignedInRow, "role" | "user_id" | "merchant_id">): Viewer | null {
  if (role === "admin") return { kind: "admin", userId };
  return role === "merchant" && merchantId ? { kind: "merchant", userId, merchantId } : null;
}

/** The open sessions of one account, the newest first. */
export async function listSessions({ db }: Reads, userId: string): Promise<readonly SessionView[]> {
  return db.session.findMany({
    where: { userId, revokedAt: null, awaitsFactor: false, expiresAt: { gt: await databaseNow(db) } },
    orderBy: { id: "desc" },
    take: limits.sessionsListed,
    select: { id: true, userAgent: true, createdAt: true, expiresAt: true },
  });
}

async function databaseNow(db: Db): Promise<Date> {
  const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return row!.now;
}

/** Ends one session of an account; says whether it was still open. */
export const revokeSession = (
  tx: Tx | Db,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<number> =>
  tx.$executeRaw`UPDATE session SET revoked_at = clock_timestamp()
                  WHERE id = ${sessionId}::uuid AND user_id = ${userId}::uuid AND revoked_at IS NULL`;

/** Ends every session of the account but one (or all, without `except`); says how many. */
export const revokeSessions = (
  tx: Tx | Db,
  { userId, except }: { userId: string; except: string | null },
): Promise<number> =>
  tx.$executeRaw`UPDATE session SET revoked_at = clock_timestamp()
                  WHERE user_id = ${userId}::uuid AND revoked_at IS NULL AND id IS DISTINCT FROM ${except}::uuid`;

interface OwnSession {
  readonly viewer: Viewer;
  readonly sessionId: string;
}

/**
 * Ends one of the viewer's own sessions for good: its cookie, copied or not, opens nothing afterwards. One that is over
 * already, or someone else's, is left alone.
 */
export const endSession = ({ db }: Reads, { viewer, sessionId }: OwnSession): Promise<Result<null, never>> =>
  inTransaction<null, never>(db, async (tx) => {
    const count = await revokeSession(tx, { userId: viewer.userId, sessionId });
    if (count > 0) await auditEnd(tx, viewer, { sessionId, count });
    return ok(null);
  });

/** Ends the viewer's sessions everywhere but here. */
export const endOtherSessions = ({ db }: Reads, { viewer, sessionId }: OwnSession): Promise<Result<null, never>> =>
  inTransaction<null, never>(db, async (tx) => {
    const count = await revokeSessions(tx, { userId: viewer.userId, except: sessionId });
    if (count > 0) await auditEnd(tx, viewer, { sessionId, count });
    return ok(null);
  });

const auditEnd = (tx: Tx, viewer: Viewer, { sessionId, count }: { sessionId: string; count: number }): Promise<void> =>
  recordAudit(tx, {
    actor: viewer,
    action: "session.revoked",
    subjectKind: "session",
    subjectId: sessionId,
    merchantId: viewer.kind === "merchant" ? viewer.merchantId : null,
    detail: { count },
  });
