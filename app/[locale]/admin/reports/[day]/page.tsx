import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { CloseView } from "@/components/admin/close-view";
import { requireRole } from "@/lib/entry/session";
import { readClose } from "@/lib/features/reports/queries";
import { ReportDay } from "@/lib/features/reports/schema";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";

interface PageProps {
  params: Promise<{ locale: string; day: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { locale, day } = await params;
  return { title: fill(getMessages(toLocale(locale)).reports.day.title, { day: day.slice(0, 10) }) };
}

export default async function ClosePage({ params }: PageProps) {
  const { locale: tag, day } = await params;
  const locale = toLocale(tag);
  await requireRole("admin", locale, `/admin/reports/${encodeURIComponent(day)}`);
  const known = ReportDay.safeParse(day);
  const view = known.success ? await readClose(getDeps(), known.data) : null;
  if (!view) notFound();
  return <CloseView locale={locale} view={view} />;
}
