"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { adminOnly, steppedUp } from "@/lib/entry/guards";
import {
  CancelRefundForm,
  ConfirmRefundForm,
  DecideRefundForm,
  GiveUpRefundForm,
  RefundForm,
  RefundPolicyForm,
} from "@/lib/features/payments/desk-schema";
import { cancelRefund } from "@/lib/flows/cancel-refund";
import { decideRefund } from "@/lib/flows/decide-refund";
import { giveUpRefund } from "@/lib/flows/give-up-refund";
import { type RefundRefusal, requestRefund } from "@/lib/flows/request-refund";
import { askRefundNow, retryRefund } from "@/lib/flows/retry-refund";
import { saveRefundPolicy } from "@/lib/flows/save-refund-policy";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";

const pageOf = (locale: Locale, orderId: string): string => `/${locale}/admin/orders/${toPublicId("order", orderId)}`;

/** The admin looked at something that is not so any more: he is shown what has changed, with his words kept. */
const STALE: readonly RefundRefusal[] = [
  "order_changed",
  "refund_under_way",
  "nothing_left",
  "amount_out_of_range",
  "request_conflict",
  "disputed",
  "by_hand_only",
];

function lookAgain(locale: Locale, input: ConfirmRefundForm, refused: RefundRefusal): never {
  const query = new URLSearchParams({
    payment: input.paymentId,
    way: input.method,
    reason: input.reason,
    reference: input.reference ?? "",
    amount: input.amount,
    look: "1",
    since: input.seenAt,
    refused,
  });
  redirect(`${pageOf(locale, input.orderId)}/refund?${query}`);
}

export const confirmRefundAction = action({
  schema: ConfirmRefundForm,
  guards: [adminOnly, steppedUp],
  run: async ({ input, deps, viewer, locale }) => {
    const { orderId, paymentId, refundId, amountMinor, method, reason, reference, seen } = input;
    const cmd = { orderId, paymentId, refundId, amountMinor, method, reason, seen, requestKey: refundId };
    const refund = await requestRefund(deps, viewer, { ...cmd, outsideReference: reference });
    if (!refund.ok && STALE.includes(refund.error)) lookAgain(locale, input, refund.error);
    return refund;
  },
  onOk: ({ orderId, refundNo }, { locale }) => redirect(`${pageOf(locale, orderId)}?asked=${refundNo}`),
});

export const retryRefundAction = action({
  schema: RefundForm,
  guards: [adminOnly, steppedUp],
  run: ({ input, deps, viewer }) => retryRefund(deps, viewer, input),
  onOk: () => refresh(),
});

export const askRefundNowAction = action({
  schema: RefundForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => askRefundNow(deps, viewer, input),
  onOk: () => refresh(),
});

export const cancelRefundAction = action({
  schema: CancelRefundForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => cancelRefund(deps, viewer, input),
  onOk: () => refresh(),
});

export const decideRefundAction = action({
  schema: DecideRefundForm,
  guards: [adminOnly],
  run: ({ input: { outcome, ...word }, deps, viewer }) =>
    decideRefund(deps, viewer, { ...word, wasGivenBack: outcome === "gone" }),
  onOk: () => refresh(),
});

export const giveUpRefundAction = action({
  schema: GiveUpRefundForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => giveUpRefund(deps, viewer, input),
  onOk: () => refresh(),
});

export const saveRefundPolicyAction = action({
  schema: RefundPolicyForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => saveRefundPolicy(deps, viewer, input),
  onOk: () => refresh(),
});
