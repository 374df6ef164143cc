"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { signedIn } from "@/lib/entry/guards";
import { CancelReplacementForm, ReplaceForm } from "@/lib/features/replacements/schema";
import { cancelReplacement, replaceCard } from "@/lib/flows/replace-card";

export const replaceCardAction = action({
  schema: ReplaceForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => replaceCard(deps, viewer, input),
  onOk: () => refresh(),
});

export const cancelReplacementAction = action({
  schema: CancelReplacementForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => cancelReplacement(deps, viewer, input),
  onOk: () => refresh(),
});
