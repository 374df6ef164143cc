import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { StatementView } from "@/components/merchant/statement-view";
import { readQuery, requireId, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { monthOf } from "@/lib/features/reports/rules";
import { MonthQuery } from "@/lib/features/reports/schema";
import { readStatement } from "@/lib/features/reports/statement";
import { getMessages } from "@/lib/i18n";
import { SHOP_TIME_ZONE } from "@/lib/i18n/format";
import { toLocale } from "@/lib/i18n/locale";
import { writeShopTime } from "@/lib/i18n/shop-time";
import { getDeps } from "@/lib/platform/deps";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).reports.statement.title };
}

export default async function MerchantStatementPage({ params, searchParams }: PageProps) {
  const { locale: tag, id } = await params;
  const locale = toLocale(tag);
  const path = `/admin/reports/merchants/${encodeURIComponent(id)}`;
  const { viewer } = await requireRole("admin", locale, path);
  const deps = getDeps();
  const thisMonth = monthOf(writeShopTime(new Date(deps.clock.now())));
  const { month = thisMonth } = await readQuery(MonthQuery, searchParams);
  const merchantId = requireId("merchant", id);
  const statement = await readStatement(deps, viewer, { merchantId, month, timeZone: SHOP_TIME_ZONE });
  if (!statement) notFound();
  return (
    <StatementView locale={locale} statement={statement} path={`/${locale}${path}`} thisMonth={thisMonth} isForeign />
  );
}
