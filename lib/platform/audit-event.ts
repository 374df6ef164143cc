import { type Actor, actorUserId } from "@/lib/kernel/actor";
import type { Tx } from "./db";

export interface AuditDraft {
  readonly actor: Exclude<Actor, { kind: "buyer" }>;
  /** Dotted and in the past tense: `batch.published`. */
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly merchantId?: string | null;
  /** Ids, figures and names of fields; never a secret. */
  readonly detail?: Record<string, string | number | boolean | null>;
}

/** Records who did what, in the transaction that does it: the record exists if and only if the deed does. */
export async function recordAudit(
  tx: Tx,
  { actor, action, subjectKind, subjectId, merchantId = null, detail = {} }: AuditDraft,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO audit_event (actor_id, actor_kind, action, subject_kind, subject_id, merchant_id, detail)
    VALUES (${actorUserId(actor)}::uuid, ${actor.kind}, ${action}, ${subjectKind}, ${subjectId}, ${merchantId}::uuid, ${JSON.stringify(detail)}::jsonb)`;
}
