"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { adminOnly } from "@/lib/entry/guards";
import { AdjustWalletForm, DecideAdjustmentForm } from "@/lib/features/wallets/schema";
import { adjustWallet, decideWalletAdjustment } from "@/lib/flows/adjust-wallet";

export const adjustWalletAction = action({
  schema: AdjustWalletForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => adjustWallet(deps, viewer, input),
  onOk: () => refresh(),
});

export const decideAdjustmentAction = action({
  schema: DecideAdjustmentForm,
  guards: [adminOnly],
  run: ({ input: { adjustmentId, decision }, deps, viewer }) =>
    decideWalletAdjustment(deps, viewer, { adjustmentId, isConfirmed: decision === "confirm" }),
  onOk: () => refresh(),
});
