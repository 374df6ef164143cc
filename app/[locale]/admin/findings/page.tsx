import type { Metadata } from "next";
import { FindingsView } from "@/components/admin/findings-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { FindingListQuery } from "@/lib/features/operations/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.findings.title };
}

export default async function FindingsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  await requireRole("admin", locale, "/admin/findings");
  return <FindingsView locale={locale} query={await readQuery(FindingListQuery, searchParams)} />;
}
