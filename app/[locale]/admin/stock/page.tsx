import type { Metadata } from "next";
import { StockView } from "@/components/merchant/stock-view";
import { baseOf } from "@/components/merchant/view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { CareListQuery } from "@/lib/features/stock-alerts/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { saveCareAction, saveChannelAction, testChannelAction } from "../../merchant/stock/actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).life.stock.title };
}

export default async function AdminStockPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/stock");
  const query = await readQuery(CareListQuery, searchParams);
  const acts = { saveCare: saveCareAction, saveChannel: saveChannelAction, testChannel: testChannelAction };
  return <StockView locale={locale} viewer={viewer} base={baseOf(locale, viewer)} query={query} acts={acts} />;
}
