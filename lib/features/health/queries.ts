import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";

interface Reads {
  readonly db: Db;
}

/** Every migration that the database has finished, by name. Throws when the database does not answer. */
export async function listAppliedMigrations({ db }: Reads): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT migration_name AS name FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`;
  return rows.map((row) => row.name);
}

/** The figures of the shop as a monitor asks for them. */
export interface Figures {
  readonly orders: readonly { readonly status: string; readonly exception: string; readonly count: number }[];
  readonly variants: readonly { readonly band: string; readonly count: number }[];
  readonly findings: readonly { readonly kind: string; readonly count: number }[];
  /** Rows per invariant, by the open findings. */
  readonly violations: readonly { readonly invariant: string; readonly count: number }[];
  /** Kinds of audit pass, with the seconds since the last that came to its end. */
  readonly audits: readonly { readonly pass: string; readonly age: number }[];
  readonly availableCards: number;
  readonly outboxWaiting: number;
}

/**
 * All figures in one statement with a time limit: counting every order of a large shop must never hold a connection for
 * long. Throws when the limit is passed or the database does not answer.
 */
export async function readFigures({ db }: Reads): Promise<Figures> {
  const [, rows] = await db.$transaction([
    db.$executeRawUnsafe(`SET LOCAL statement_timeout = ${limits.figuresTimeoutMs}`),
    db.$queryRaw<{ figures: Figures }[]>`
      SELECT jsonb_build_object(
        'orders', (SELECT coalesce(jsonb_agg(r), '[]') FROM (
            SELECT status, exception, count(*) AS count FROM orders GROUP BY status, exception) r),
        'variants', (SELECT coalesce(jsonb_agg(r), '[]') FROM (
            SELECT s.band, count(*) AS count FROM variant_stock s JOIN variant v ON v.id = s.variant_id
             WHERE v.status = 'published' GROUP BY s.band) r),
        'findings', (SELECT coalesce(jsonb_agg(r), '[]') FROM (
            SELECT kind, count(*) AS count FROM finding WHERE status IN ('open', 'in_work') GROUP BY kind) r),
        'violations', (SELECT coalesce(jsonb_agg(r), '[]') FROM (
            SELECT split_part(subject, '/', 1) AS invariant, sum(jsonb_array_length(coalesce(evidence -> 'rows', '[]'))) AS count
              FROM finding WHERE kind = 'invariant_broken' AND status IN ('open', 'in_work') GROUP BY 1) r),
        'audits', (SELECT coalesce(jsonb_agg(r), '[]') FROM (
            SELECT pass, extract(epoch FROM now() - finished_at) AS age FROM audit_progress WHERE finished_at IS NOT NULL) r),
        'availableCards', (SELECT count(*) FROM card WHERE status = 'available'),
        'outboxWaiting', (SELECT count(*) FROM outbox WHERE drained_at IS NULL)) AS figures`,
  ]);
  const figures = rows[0]?.figures;
  if (!figures) throw new Error("the figures came back empty");
  return figures;
}
