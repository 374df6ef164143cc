"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { merchantOnly } from "@/lib/entry/guards";
import { NoFields } from "@/lib/features/identity/schema";
import { countPools } from "@/lib/features/pools/count-pools";
import { savePool, saveVariantPools } from "@/lib/features/pools/save-pools";
import { PoolForm, TransferForm, VariantPoolsForm } from "@/lib/features/pools/schema";
import { refreshStockBand } from "@/lib/flows/refresh-stock-bands";
import { transferStock } from "@/lib/flows/transfer-cards";
import { ok } from "@/lib/kernel/result";

export const savePoolAction = action({
  schema: PoolForm,
  guards: [merchantOnly],
  run: ({ input, deps, viewer }) => savePool(deps, viewer, input),
  onOk: () => refresh(),
});

export const saveVariantPoolsAction = action({
  schema: VariantPoolsForm,
  guards: [merchantOnly],
  run: async ({ input, deps, viewer }) => {
    const saved = await saveVariantPools(deps, viewer, input);
    if (saved.ok) await refreshStockBand(deps, input.variantId);
    return saved;
  },
  onOk: () => refresh(),
});

export const transferStockAction = action({
  schema: TransferForm,
  guards: [merchantOnly],
  run: ({ input, deps, viewer }) => transferStock(deps, viewer, input),
  onOk: () => refresh(),
});

export const countPoolsAction = action({
  schema: NoFields,
  guards: [merchantOnly],
  run: async ({ deps, viewer }) => ok(await countPools(deps, viewer)),
  onOk: () => refresh(),
});
