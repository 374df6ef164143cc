"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { signedIn } from "@/lib/entry/guards";
import { BatchMoveForm, CardMoveForm } from "@/lib/features/inventory/schema";
import { moveBatch, moveCardsByText } from "@/lib/flows/move-cards";

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
