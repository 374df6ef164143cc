import { z } from "zod";
import type { RefundWay } from "@/lib/features/payments/refund-rules";
import { findRefund, readRefundedPayments } from "@/lib/features/payments/refunds";
import type { FindingHead } from "@/lib/features/reconciliation/find-finding";
import { ruleOf } from "@/lib/features/reconciliation/kinds";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";
import { previewRefund, type RefundPreview } from "../preview-refund";
import { requestRefund } from "../request-refund";
import { isOrderIn } from "./order-facts";
import type { Admin, Change, Look, ProvenRemedy } from "./remedy";

/** Which payment goes back; empty: the one that the finding is about. */
const Chosen = z.object({ paymentId: z.union([z.uuid(), z.literal("")]).default("") });
type Chosen = z.output<typeof Chosen>;

/** The payment that a finding is about: its own subject, its refund's, or the only one of its order that is not given back. */
async function paymentOf(
  { db }: Deps,
  finding: FindingHead,
  { paymentId }: Chosen,
): Promise<Result<{ orderId: string; paymentId: string }, "no_payment" | "which_payment">> {
  if (finding.orderId === null) return err("no_payment");
  const payments = await readRefundedPayments(db, finding.orderId);
  const refund = ruleOf(finding.kind).scope === "refund" ? await findRefund(db, finding.subject) : null;
  const named = paymentId || (refund?.paymentId ?? finding.subject);
  const payment = payments.find(({ id }) => id === named);
  if (payment) return ok({ orderId: finding.orderId, paymentId: payment.id });
  const left = payments.filter(({ amountMinor, givenMinor }) => givenMinor < amountMinor);
  const only = left.length === 1 ? left[0] : undefined;
  if (only) return ok({ orderId: finding.orderId, paymentId: only.id });
  return err(left.length === 0 ? "no_payment" : "which_payment");
}

/** What the refund's own preview says, a sentence for each. */
function changesOf(preview: RefundPreview, method: RefundWay): Change[] {
  const {
    refundNo: _,
    amountMinor,
    currency,
    statusNow,
    statusNext,
    statusAtEnd,
    fate,
    cardCount,
    recipient,
  } = preview;
  return [
    { what: `money_${method}`, values: { amountMinor: amountMinor.toString(), currency, email: recipient } },
    statusNext
      ? { what: "order_moves", values: { from: statusNow, to: statusAtEnd ?? statusNext } }
      : { what: "order_stays", values: { status: statusNow } },
    ...(fate === "none" ? [] : [{ what: `cards_${fate}`, values: { count: cardCount } }]),
    ...(preview.isMailConfigured ? [{ what: "buyer_mailed", values: { email: recipient } }] : []),
  ];
}

async function look(
  deps: Deps,
  asker: Admin | null,
  finding: FindingHead,
  { chosen, method }: { chosen: Chosen; method: RefundWay },
): Promise<Result<Look, string>> {
  if (!asker) return err("not_allowed");
  const payment = await paymentOf(deps, finding, chosen);
  if (!payment.ok) return payment;
  const preview = await previewRefund(deps, asker, { ...payment.value, wanted: { amountMinor: null, method } });
  if (!preview.ok) return preview;
  const { amountMinor, currency, seen } = preview.value;
  return ok({
    changes: changesOf(preview.value, method),
    facts: { ...payment.value, seen },
    money: { amountMinor, currency },
  });
}

const refundBy = (name: "refund_source" | "refund_balance", method: "source" | "balance"): ProvenRemedy<Chosen> => ({
  name,
  needsProof: true,
  input: Chosen,
  look: (deps, asker, finding, chosen) => look(deps, asker, finding, { chosen, method }),
  async apply(deps, actor, { actId, reason, facts }) {
    const { orderId, paymentId, seen } = facts as { orderId: string; paymentId: string; seen: string };
    const words = { orderId, paymentId, amountMinor: null, method, reason, seen } as const;
    const refund = await requestRefund(deps, actor, { ...words, refundId: actId, requestKey: actId });
    return refund.ok ? ok(refund.value.status === "succeeded" ? "refunded" : "refund_asked") : refund;
  },
  // What is about one payment is closed by whoever follows its refund, when the money is back.
  isGone: (tx, finding) => isOrderIn(tx, finding, ["refunded"]),
});

/** All that is left of a payment goes back the way it came, as its gateway gives it back. */
export const refundSource = refundBy("refund_source", "source");
/** The same into the buyer's balance, at once. */
export const refundBalance = refundBy("refund_balance", "balance");
