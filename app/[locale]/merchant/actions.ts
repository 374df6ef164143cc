"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { signedIn, steppedUp } from "@/lib/entry/guards";
import { applyBulk } from "@/lib/features/merchants/bulk-edit";
import { duplicateProduct } from "@/lib/features/merchants/duplicate-product";
import { requestExport } from "@/lib/features/merchants/exports";
import { saveProduct } from "@/lib/features/merchants/save-product";
import { saveVariant } from "@/lib/features/merchants/save-variant";
import { forgetFilter, saveFilter } from "@/lib/features/merchants/saved-filters";
import {
  BatchForm,
  BulkForm,
  DuplicateForm,
  ExportForm,
  FilterIdForm,
  OrderForm,
  PreviewForm,
  ProductForm,
  SavedFilterForm,
  VariantForm,
} from "@/lib/features/merchants/schema";
import { publishBatch } from "@/lib/flows/publish-batch";
import { refreshStockBand } from "@/lib/flows/refresh-stock-bands";
import { releaseDeducted } from "@/lib/flows/release-deducted";
import { toPublicId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { renderMarkdown } from "@/lib/platform/markdown";

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

export const duplicateProductAction = action({
  schema: DuplicateForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => duplicateProduct(deps, viewer, input.productId),
  onOk: ({ productId }, { locale, viewer }) =>
    redirect(`/${locale}/${viewer.kind}/products/${toPublicId("product", productId)}`),
});

export const applyBulkAction = action({
  schema: BulkForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => applyBulk(deps, viewer, input),
  onOk: ({ count }, { locale, viewer }) => redirect(`/${locale}/${viewer.kind}/products/bulk?done=${count}`),
});

export const requestExportAction = action({
  schema: ExportForm,
  guards: [signedIn, steppedUp],
  run: ({ input, deps, viewer, locale }) => requestExport(deps, viewer, { ...input, locale }),
  onOk: (_file, { locale, viewer }) => redirect(`/${locale}/${viewer.kind}/exports`),
});

export const saveFilterAction = action({
  schema: SavedFilterForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => saveFilter(deps, viewer, input),
  onOk: () => refresh(),
});

export const forgetFilterAction = action({
  schema: FilterIdForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => forgetFilter(deps, viewer, input.filterId),
  onOk: () => refresh(),
});

export const saveVariantAction = action({
  schema: VariantForm,
  guards: [signedIn],
  run: async ({ input, deps, viewer }) => {
    const saved = await saveVariant(deps, viewer, input);
    // How it is delivered decides whether it can be bought.
    if (saved.ok) await refreshStockBand(deps, saved.value.variantId);
    return saved;
  },
  onOk: () => refresh(),
});

/** A text as its buyers will see it. Nothing is kept. */
export const previewAction = action({
  schema: PreviewForm,
  guards: [signedIn],
  run: async ({ input }) => ok(renderMarkdown(input.text)),
  onOk: (html) => html,
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
