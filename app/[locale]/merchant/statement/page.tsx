import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { StatementView } from "@/components/merchant/statement-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
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
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).reports.statement.title };
}

export default async function StatementPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("merchant", locale, "/merchant/statement");
  const deps = getDeps();
  const thisMonth = monthOf(writeShopTime(new Date(deps.clock.now())));
  const { month = thisMonth } = await readQuery(MonthQuery, searchParams);
  const { merchantId } = viewer;
  const statement = await readStatement(deps, viewer, { merchantId, month, timeZone: SHOP_TIME_ZONE });
  if (!statement) notFound();
  return (
    <StatementView locale={locale} statement={statement} path={`/${locale}/merchant/statement`} thisMonth={thisMonth} />
  );
}
