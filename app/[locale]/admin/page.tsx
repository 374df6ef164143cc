import type { Metadata } from "next";
import { OverviewView } from "@/components/merchant/overview-view";
import { baseOf } from "@/components/merchant/view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { OverviewQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).merchant.overview.title };
}

export default async function AdminOverviewPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin");
  const { days } = await readQuery(OverviewQuery, searchParams);
  return <OverviewView locale={locale} viewer={viewer} base={baseOf(locale, viewer)} period={days} />;
}
