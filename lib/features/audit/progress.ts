import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";
import type { Pass } from "./pass";

/**
 * Puts down where a pass ended and what it found of each invariant, or returns false and does nothing when another process
 * has gone on from the same place meanwhile.
 */
export async function saveProgress(tx: Tx, pass: Pass): Promise<boolean> {
  const isFinished = pass.unfinished === null;
  const moved = await tx.$executeRaw`
    UPDATE audit_progress
       SET version = version + 1, state = ${JSON.stringify(pass.state)}::jsonb, unfinished = ${pass.unfinished},
           finished_at = CASE WHEN ${isFinished} THEN ${pass.at}::timestamptz ELSE finished_at END,
           ms = CASE WHEN ${isFinished} THEN ${pass.ms}::int ELSE ms END,
           round_at = CASE WHEN ${pass.isRound} THEN ${pass.at}::timestamptz ELSE round_at END
     WHERE pass = ${pass.pass} AND version = ${pass.version}`;
  if (moved === 0) return false;
  for (const { id, rows, failure, ms } of pass.results) {
    await saveCheck(tx, { invariant: id, pass: pass.pass, at: pass.at, rowCount: rows.length, failure, ms });
  }
  return true;
}

export interface Check {
  readonly invariant: string;
  readonly pass: Pass["pass"];
  readonly at: string;
  readonly rowCount: number;
  readonly failure: string | null;
  readonly ms: number;
}

/** The last answer about an invariant; an older one is replaced. */
export async function saveCheck(tx: Tx, { invariant, pass, at, rowCount, failure, ms }: Check): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO audit_check (invariant, pass, checked_at, row_count, failure, ms)
    VALUES (${invariant}, ${pass}, ${at}::timestamptz, ${rowCount}::int, ${failure?.slice(0, limits.auditFailureMax) ?? null}, ${ms}::int)
    ON CONFLICT (invariant, pass) DO UPDATE
       SET checked_at = excluded.checked_at, row_count = excluded.row_count, failure = excluded.failure, ms = excluded.ms`;
}
