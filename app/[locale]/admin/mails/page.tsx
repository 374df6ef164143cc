import type { Metadata } from "next";
import { MailsView } from "@/components/admin/mails-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { MailListQuery } from "@/lib/features/operations/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.mails.title };
}

export default async function MailsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  await requireRole("admin", locale, "/admin/mails");
  return <MailsView locale={locale} query={await readQuery(MailListQuery, searchParams)} />;
}
