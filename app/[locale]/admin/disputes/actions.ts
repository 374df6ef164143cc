"use server";

import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { adminOnly, steppedUp } from "@/lib/entry/guards";
import { MoneyForm } from "@/lib/features/disputes/schema";
import { decideDisputeByMoney } from "@/lib/flows/decide-dispute";
import { toPublicId } from "@/lib/kernel/id";

/** A refund as it was previewed, or a compensation: by an admin who has just shown who he is. */
export const decideByMoneyAction = action({
  schema: MoneyForm,
  guards: [adminOnly, steppedUp],
  run: ({ input, deps, viewer }) => decideDisputeByMoney(deps, viewer, input),
  // Without the preview that is over now.
  onOk: (_, { locale, input }) => redirect(`/${locale}/admin/disputes/${toPublicId("dispute", input.disputeId)}`),
});
