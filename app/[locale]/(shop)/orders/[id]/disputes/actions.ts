"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { rateLimit } from "@/lib/entry/guards";
import { findHeldOrder } from "@/lib/entry/held-orders";
import { BuyerActForm } from "@/lib/features/disputes/schema";
import { reopenDispute, withdrawDispute } from "@/lib/flows/reopen-dispute";
import { err } from "@/lib/kernel/result";

/** The buyer takes his report back. */
export const withdrawDisputeAction = action({
  schema: BuyerActForm,
  guards: [rateLimit("form")],
  run: async ({ input, deps }) => {
    const order = await findHeldOrder(deps, input.orderId);
    return order ? withdrawDispute(deps, { ...input, orderId: order.id }) : err("not_found");
  },
  onOk: () => refresh(),
});

/** The buyer does not agree with how it ended. */
export const reopenDisputeAction = action({
  schema: BuyerActForm,
  guards: [rateLimit("form")],
  run: async ({ input, deps }) => {
    const order = await findHeldOrder(deps, input.orderId);
    return order ? reopenDispute(deps, { ...input, orderId: order.id }) : err("not_found");
  },
  onOk: () => refresh(),
});
