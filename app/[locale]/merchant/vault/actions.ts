"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { signedIn, steppedUp } from "@/lib/entry/guards";
import { PreviewForm } from "@/lib/features/previews/schema";
import { SearchSecretForm, VaultMoveForm } from "@/lib/features/vault/schema";
import { moveVaultCards } from "@/lib/flows/move-vault-cards";
import { searchVault } from "@/lib/flows/search-vault";
import { setPreview } from "@/lib/flows/set-preview";
import { toPublicId } from "@/lib/kernel/id";

export const searchVaultAction = action({
  schema: SearchSecretForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => searchVault(deps, viewer, input.secret),
  onOk: ({ cardIds }, { locale, viewer }) => {
    const ids = cardIds.map((id) => toPublicId("card", id));
    redirect(`/${locale}/${viewer.kind}/vault?found=${ids.join(".")}`);
  },
});

export const moveVaultCardsAction = action({
  schema: VaultMoveForm,
  guards: [signedIn, steppedUp],
  run: ({ input, deps, viewer }) => moveVaultCards(deps, viewer, input),
  onOk: () => refresh(),
});

export const setPreviewAction = action({
  schema: PreviewForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => setPreview(deps, viewer, input),
  onOk: () => refresh(),
});
