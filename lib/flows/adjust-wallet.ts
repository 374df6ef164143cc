import {
  type Adjustment,
  decideAdjustment,
  insertAdjustment,
  lockAdjustment,
} from "@/lib/features/wallets/adjustments";
import { needsTwoNames, parseSigned } from "@/lib/features/wallets/rules";
import { adjustmentKey, findWallet, openWallet, postMovement } from "@/lib/features/wallets/store";
import type { Currency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

type Admin = Extract<Viewer, { kind: "admin" }>;

export interface AdjustWallet {
  readonly email: string;
  readonly currency: Currency;
  /** As typed: "5.00" gives, "-5.00" takes. */
  readonly amount: string;
  readonly reason: string;
  /** One per intention: a double click is the same one. */
  readonly requestKey: string;
}

/**
 * - own_proposal: nobody is his own second name · proposal_gone: it was confirmed or refused since
 * - insufficient_balance: no more can be taken than there is · request_conflict: the key was used with other words
 */
export type AdjustRefusal =
  | "not_allowed"
  | "not_found"
  | "amount_malformed"
  | "insufficient_balance"
  | "request_conflict"
  | "own_proposal"
  | "proposal_gone";

const audit = (tx: Tx, viewer: Admin, action: string, { id, email, currency, amountMinor, reason }: Adjustment) =>
  recordAudit(tx, {
    actor: viewer,
    action,
    subjectKind: "wallet",
    subjectId: email,
    detail: { adjustment: id, currency, amountMinor: amountMinor.toString(), reason },
  });

/** Moves the money of an adjustment that has all the names it needs. */
async function apply(tx: Tx, viewer: Admin, adjustment: Adjustment): Promise<Result<"applied", AdjustRefusal>> {
  if (adjustment.needsTwoNames && adjustment.proposedBy === viewer.userId) return err("own_proposal");
  const decision = { status: "confirmed", decidedBy: viewer.userId } as const;
  if (!(await decideAdjustment(tx, adjustment.id, decision))) return err("proposal_gone");
  const { id, amountMinor, currency } = adjustment;
  const wallet = await (amountMinor > 0n ? openWallet : findWallet)(tx, adjustment);
  if (!wallet) return err("insufficient_balance");
  const posted = await postMovement(tx, {
    ...{ walletId: wallet.id, kind: "adjustment", amountMinor, currency },
    requestKey: adjustmentKey(id),
    orderId: null,
  });
  if (!posted.ok) return posted;
  await audit(tx, viewer, "wallet.adjusted", adjustment);
  return ok("applied");
}

/**
 * An admin gives to a balance, or takes from it, with a reason on record. Up to a limit at once; above it, when a second admin agrees. The
 * same intention twice is one, and no more is taken than there is.
 */
export async function adjustWallet(
  deps: Deps,
  viewer: Viewer,
  { amount, requestKey, ...cmd }: AdjustWallet,
): Promise<Result<"applied" | "waiting", AdjustRefusal>> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const wanted = parseSigned(amount, cmd.currency);
  if (!wanted.ok) return wanted;
  return inTransaction<"applied" | "waiting", AdjustRefusal>(deps.db, async (tx) => {
    const { amountMinor } = wanted.value;
    const draft = { ...cmd, amountMinor, needsTwoNames: needsTwoNames(wanted.value), proposedBy: viewer.userId };
    const { adjustment, isNew } = await insertAdjustment(tx, { ...draft, requestKey });
    if (!isNew) {
      const isSame = (["email", "currency", "amountMinor", "reason", "proposedBy"] as const).every(
        (name) => adjustment[name] === draft[name],
      );
      if (!isSame) return err("request_conflict");
      return ok(adjustment.status === "confirmed" ? "applied" : "waiting");
    }
    await audit(tx, viewer, "wallet.adjustment_proposed", adjustment);
    return adjustment.needsTwoNames ? ok("waiting") : apply(tx, viewer, adjustment);
  });
}

/** The second name, or the word that ends what waits; by somebody else than the first where it moves money. */
export async function decideWalletAdjustment(
  deps: Deps,
  viewer: Viewer,
  { adjustmentId, isConfirmed }: { adjustmentId: string; isConfirmed: boolean },
): Promise<Result<"applied" | "refused", AdjustRefusal>> {
  if (viewer.kind !== "admin") return err("not_allowed");
  return inTransaction<"applied" | "refused", AdjustRefusal>(deps.db, async (tx) => {
    const adjustment = await lockAdjustment(tx, adjustmentId);
    if (!adjustment) return err("not_found");
    if (isConfirmed) return apply(tx, viewer, adjustment);
    if (!(await decideAdjustment(tx, adjustmentId, { status: "refused", decidedBy: viewer.userId })))
      return err("proposal_gone");
    await audit(tx, viewer, "wallet.adjustment_refused", adjustment);
    return ok("refused");
  });
}
