import { err, ok, type Result } from "@/lib/kernel/result";
import type { Tx } from "@/lib/platform/db";
import type { FindingEventKind, FindingKind, FindingStatus, RemedyName } from "./kinds";

/** A finding whose row is locked: what its page showed may be older. */
export interface LockedFinding {
  readonly id: string;
  readonly kind: FindingKind;
  readonly subject: string;
  readonly status: FindingStatus;
  readonly ownerId: string | null;
  readonly orderId: string | null;
  readonly eventId: string | null;
  readonly merchantId: string | null;
  readonly productId: string | null;
  readonly accountId: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly look: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Locks a finding to be decided on; null when there is none. */
export async function lockFinding(tx: Tx, findingId: string): Promise<LockedFinding | null> {
  const [row] = await tx.$queryRaw<LockedFinding[]>`
    SELECT id::text, kind, subject, status, owner_id::text AS "ownerId", order_id::text AS "orderId", event_id::text AS "eventId",
           merchant_id::text AS "merchantId", product_id::text AS "productId", account_id AS "accountId", amount_minor AS "amountMinor", currency,
           look, detail
      FROM finding WHERE id = ${findingId}::uuid FOR UPDATE`;
  return row ?? null;
}

interface Entry {
  readonly findingId: string;
  /** Null: the shop itself. */
  readonly actorId: string | null;
  readonly kind: FindingEventKind;
  readonly note?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** One line of a finding's history, in the transaction that does what it says. */
async function tell(tx: Tx, { findingId, actorId, kind, note = "", detail = {} }: Entry): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO finding_event (finding_id, actor_id, kind, note, detail)
    VALUES (${findingId}::uuid, ${actorId}::uuid, ${kind}, ${note}, ${JSON.stringify(detail)}::jsonb)`;
}

const isOpen = ({ status }: LockedFinding): boolean => status === "open" || status === "in_work";

/** Locks a finding that is open, or says why there is nothing to do: it is not there, or it is closed. */
async function lockOpen(tx: Tx, findingId: string): Promise<Result<LockedFinding, "not_found" | "closed">> {
  const finding = await lockFinding(tx, findingId);
  if (!finding) return err("not_found");
  return isOpen(finding) ? ok(finding) : err("closed");
}

interface ByPerson {
  readonly findingId: string;
  readonly actorId: string;
}

/** Takes an open finding in hand; one person has it at a time, and taking one's own again changes nothing. */
export async function takeFinding(
  tx: Tx,
  { findingId, actorId }: ByPerson,
): Promise<Result<LockedFinding, "not_found" | "closed" | "taken">> {
  const locked = await lockOpen(tx, findingId);
  if (!locked.ok) return locked;
  const finding = locked.value;
  if (finding.status === "in_work") return finding.ownerId === actorId ? ok(finding) : err("taken");
  await tx.$executeRaw`UPDATE finding SET status = 'in_work', owner_id = ${actorId}::uuid WHERE id = ${findingId}::uuid`;
  await tell(tx, { findingId, actorId, kind: "taken" });
  return ok({ ...finding, status: "in_work", ownerId: actorId });
}

/** Gives an open finding to somebody, or back to everybody (`ownerId` null); to whom it belongs already, it changes nothing. */
export async function assignFinding(
  tx: Tx,
  { findingId, actorId, ownerId }: ByPerson & { readonly ownerId: string | null },
): Promise<Result<LockedFinding, "not_found" | "closed">> {
  const locked = await lockOpen(tx, findingId);
  if (!locked.ok || locked.value.ownerId === ownerId) return locked;
  const status = ownerId === null ? "open" : "in_work";
  await tx.$executeRaw`UPDATE finding SET status = ${status}, owner_id = ${ownerId}::uuid WHERE id = ${findingId}::uuid`;
  await tell(tx, {
    findingId,
    actorId,
    kind: "assigned",
    detail: { from: locked.value.ownerId, to: ownerId },
  });
  return ok({ ...locked.value, status, ownerId });
}

/** Writes a note into a finding's history, open or closed. */
export async function noteFinding(
  tx: Tx,
  { findingId, actorId, note }: ByPerson & { readonly note: string },
): Promise<Result<null, "not_found">> {
  const finding = await lockFinding(tx, findingId);
  if (!finding) return err("not_found");
  await tell(tx, { findingId, actorId, kind: "noted", note });
  return ok(null);
}

/** Puts on record that a remedy was applied. What it mends is told by its own flow; the finding closes when the difference is gone. */
export async function recordRemedy(
  tx: Tx,
  entry: {
    readonly findingId: string;
    /** Null: the shop's policy did it. */
    readonly actorId: string | null;
    readonly remedy: RemedyName;
    readonly note?: string;
    readonly detail?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { findingId, actorId, remedy, note = "", detail = {} } = entry;
  await tell(tx, { findingId, actorId, kind: "remedied", note, detail: { ...detail, remedy } });
}

/** Lets the difference stand as it is, with a reason: it stays closed as long as it looks the same. */
export async function acceptFinding(
  tx: Tx,
  { findingId, actorId, reason }: ByPerson & { readonly reason: string },
): Promise<Result<LockedFinding, "not_found" | "closed">> {
  const locked = await lockOpen(tx, findingId);
  if (!locked.ok) return locked;
  await tx.$executeRaw`
    UPDATE finding SET status = 'accepted', resolved_at = now(), resolution = 'accepted', reason = ${reason} WHERE id = ${findingId}::uuid`;
  await tell(tx, { findingId, actorId, kind: "accepted", note: reason });
  return ok({ ...locked.value, status: "accepted" });
}

/** Closes an open finding by a person's word, or by a policy's: `resolution` is the word for what was done. */
export async function closeFinding(
  tx: Tx,
  entry: {
    readonly findingId: string;
    readonly actorId: string | null;
    readonly resolution: string;
    readonly reason?: string | undefined;
  },
): Promise<Result<LockedFinding, "not_found" | "closed">> {
  const { findingId, actorId, resolution, reason } = entry;
  const locked = await lockOpen(tx, findingId);
  if (!locked.ok) return locked;
  await tx.$executeRaw`
    UPDATE finding SET status = 'resolved', resolved_at = now(), resolution = ${resolution}, reason = ${reason ?? null} WHERE id = ${findingId}::uuid`;
  await tell(tx, { findingId, actorId, kind: "resolved", note: reason ?? "", detail: { resolution } });
  return ok({ ...locked.value, status: "resolved" });
}

/** Opens a closed finding again by a person's word; what was done before stays in its history. */
export async function reopenByHand(
  tx: Tx,
  { findingId, actorId, note }: ByPerson & { readonly note: string },
): Promise<Result<LockedFinding, "not_found" | "open">> {
  const finding = await lockFinding(tx, findingId);
  if (!finding) return err("not_found");
  if (isOpen(finding)) return err("open");
  await tx.$executeRaw`
    UPDATE finding SET status = 'open', resolved_at = NULL, resolution = NULL, reason = NULL, owner_id = NULL WHERE id = ${findingId}::uuid`;
  await tell(tx, { findingId, actorId, kind: "reopened", note });
  return ok({ ...finding, status: "open", ownerId: null });
}
