"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { signedIn } from "@/lib/entry/guards";
import { BatchMoveForm, CardMoveForm } from "@/lib/features/inventory/schema";
import { BatchForm } from "@/lib/features/merchants/schema";
import { moveBatch, moveCardsByText } from "@/lib/flows/move-cards";
import { takeBackBatch } from "@/lib/flows/take-back-batch";

export const moveBatchAction = action({
  schema: BatchMoveForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => moveBatch(deps, viewer, input),
  onOk: () => refresh(),
});

/** Single cards of a batch, named by their texts. */
export const moveCardsAction = action({
  schema: CardMoveForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => moveCardsByText(deps, viewer, input),
  onOk: () => refresh(),
});

/** A whole batch, while nothing of it is sold. */
export const takeBackAction = action({
  schema: BatchForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => takeBackBatch(deps, viewer, input.batchId),
  onOk: () => refresh(),
});
