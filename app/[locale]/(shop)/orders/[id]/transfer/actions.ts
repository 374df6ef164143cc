"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { rateLimit } from "@/lib/entry/guards";
import { findHeldOrder } from "@/lib/entry/held-orders";
import { ReportTransferForm } from "@/lib/features/transfers/schema";
import { reportTransfer } from "@/lib/flows/report-transfer";
import { err } from "@/lib/kernel/result";

/** "I have transferred", by whoever's browser holds the order. */
export const reportTransferAction = action({
  schema: ReportTransferForm,
  guards: [rateLimit("form")],
  run: async ({ input, deps }) => {
    const order = await findHeldOrder(deps, input.orderId);
    if (!order) return err("not_found");
    return reportTransfer(deps, { orderId: order.id, attemptId: input.attemptId, reference: input.reference });
  },
  onOk: () => refresh(),
});
