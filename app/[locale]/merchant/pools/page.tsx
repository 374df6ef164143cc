import type { Metadata } from "next";
import { PoolsView } from "@/components/merchant/pools-view";
import { baseOf } from "@/components/merchant/view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { PoolListQuery } from "@/lib/features/pools/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { countPoolsAction, savePoolAction, saveVariantPoolsAction, transferStockAction } from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).pools.title };
}

export default async function MerchantPoolsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("merchant", locale, "/merchant/pools");
  const query = await readQuery(PoolListQuery, searchParams);
  const acts = {
    savePool: savePoolAction,
    saveOrder: saveVariantPoolsAction,
    transfer: transferStockAction,
    count: countPoolsAction,
  };
  return <PoolsView locale={locale} viewer={viewer} base={baseOf(locale, viewer)} query={query} acts={acts} />;
}
