import type { Metadata } from "next";
import { ReportsView } from "@/components/admin/reports-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { ReportsQuery } from "@/lib/features/reports/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { wishCloseMailAction } from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).reports.title };
}

export default async function ReportsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const user = await requireRole("admin", locale, "/admin/reports");
  const query = await readQuery(ReportsQuery, searchParams);
  return <ReportsView locale={locale} query={query} user={user} wishMail={wishCloseMailAction} />;
}
