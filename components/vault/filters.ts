import { inLocale, type ViewProps } from "@/components/merchant/view";
import { listBatches } from "@/lib/features/merchants/batches";
import { listVariantChoices } from "@/lib/features/merchants/products";
import { listPools } from "@/lib/features/vault/card-story";
import { CARD_STATES, VAULT_SORTS } from "@/lib/features/vault/rules";
import type { VaultQuery } from "@/lib/features/vault/schema";
import { getMessages } from "@/lib/i18n";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";

/** The query as an address carries it, without where it goes on. */
export function queryText(query: VaultQuery, found: readonly string[] | null): string {
  const { state, batch, variant, product, merchant, pool, q, from, to, sort } = query;
  const named = {
    ...{ state, pool, q, from, to, sort: sort === "new" ? undefined : sort },
    batch: batch && toPublicId("batch", batch),
    variant: variant && toPublicId("variant", variant),
    product: product && toPublicId("product", product),
    merchant: merchant && toPublicId("merchant", merchant),
    found: found?.join("."),
  };
  const entries = Object.entries(named).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return new URLSearchParams(entries).toString();
}

/** The selects over the list; one that would have a single choice is left out. */
export async function filtersOf({ locale, viewer }: ViewProps, query: VaultQuery) {
  const { vault: t, merchant } = getMessages(locale);
  const deps = getDeps();
  const [variants, batches, pools] = await Promise.all([
    listVariantChoices(deps, viewer),
    listBatches(deps, viewer, { page: 1, variantId: query.variant }),
    listPools(deps, viewer),
  ]);
  const batchChoices = batches.rows.map(({ id, number, note }): readonly [string, string] => [
    toPublicId("batch", id),
    `${number}${note ? ` ${note}` : ""}`,
  ]);
  const chosen = query.batch && toPublicId("batch", query.batch);
  if (chosen && !batchChoices.some(([id]) => id === chosen)) batchChoices.unshift([chosen, chosen.slice(-8)]);
  const filters = [
    {
      name: "state",
      label: t.state,
      value: query.state ?? "",
      options: CARD_STATES.map((state) => [state, merchant.labels.card[state]] as const),
    },
    {
      name: "variant",
      label: t.variant,
      value: query.variant ? toPublicId("variant", query.variant) : "",
      options: variants.map(
        (one) =>
          [
            toPublicId("variant", one.id),
            `${inLocale(locale, one.productTitleZh, one.productTitleEn)} · ${inLocale(locale, one.titleZh, one.titleEn)}`,
          ] as const,
      ),
    },
    { name: "batch", label: t.batch, value: chosen ?? "", options: batchChoices },
    {
      name: "pool",
      label: t.pool,
      value: query.pool ?? "",
      options: pools.map((pool) => [pool.id, poolNameIn(locale, pool)] as const),
    },
    {
      name: "sort",
      label: t.sorts.new,
      value: query.sort,
      options: VAULT_SORTS.map((sort) => [sort, t.sorts[sort]] as const),
      isSort: true,
    },
  ];
  return filters.filter(({ name, options, value }) => name !== "pool" || options.length > 1 || value !== "");
}
