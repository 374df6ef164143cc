"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { merchantOnly } from "@/lib/entry/guards";
import { DeliverForm } from "@/lib/features/promises/schema";
import { deliverByHand } from "@/lib/flows/deliver-by-hand";

export const deliverByHandAction = action({
  schema: DeliverForm,
  guards: [merchantOnly],
  run: ({ input, deps, viewer }) => deliverByHand(deps, viewer, { orderId: input.orderId, contents: input.content }),
  onOk: () => refresh(),
});
