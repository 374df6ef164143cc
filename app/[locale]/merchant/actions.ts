"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { signedIn } from "@/lib/entry/guards";
import { saveProduct } from "@/lib/features/merchants/save-product";
import { saveVariant } from "@/lib/features/merchants/save-variant";
import { BatchForm, OrderForm, PasteForm, ProductForm, VariantForm } from "@/lib/features/merchants/schema";
import { importCards } from "@/lib/flows/import-cards";
import { publishBatch } from "@/lib/flows/publish-batch";
import { releaseDeducted } from "@/lib/flows/release-deducted";
import { toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";

const merchantIdOf = (viewer: Viewer): string | null => (viewer.kind === "merchant" ? viewer.merchantId : null);

export const saveProductAction = action({
  schema: ProductForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => saveProduct(deps, viewer, input),
  onOk: ({ productId }, { input, locale, viewer }) => {
    if (input.productId === "") redirect(`/${locale}/${viewer.kind}/products/${toPublicId("product", productId)}`);
    refresh();
  },
});

export const saveVariantAction = action({
  schema: VariantForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => saveVariant(deps, viewer, input),
  onOk: () => refresh(),
});

export const publishBatchAction = action({
  schema: BatchForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) =>
    publishBatch(deps, { batchId: input.batchId, merchantId: merchantIdOf(viewer) ?? undefined, actor: viewer }),
  onOk: () => refresh(),
});

export const releaseDeductedAction = action({
  schema: OrderForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => releaseDeducted(deps, viewer, input.orderId),
  onOk: () => refresh(),
});

/** The way for browsers without scripts, and for small pastes: the whole text in one form. */
export const pasteCardsAction = action({
  schema: PasteForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) =>
    importCards(deps, {
      variantId: input.variantId,
      merchantId: merchantIdOf(viewer),
      source: oneChunk(input.text),
      actor: viewer,
      note: input.note,
      publish: false,
    }),
  onOk: ({ batchId }, { locale, viewer }) =>
    redirect(`/${locale}/${viewer.kind}/batches/${toPublicId("batch", batchId)}`),
});

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
