import type { Metadata } from "next";
import { AuditView } from "@/components/admin/audit-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { AuditListQuery } from "@/lib/features/operations/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.audit.title };
}

export default async function AuditPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  await requireRole("admin", locale, "/admin/audit");
  return <AuditView locale={locale} query={await readQuery(AuditListQuery, searchParams)} />;
}
