import type { Metadata } from "next";
import { PaymentsView } from "@/components/admin/payments-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { InboxListQuery } from "@/lib/features/operations/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.payments.title };
}

export default async function PaymentsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  await requireRole("admin", locale, "/admin/payments");
  return <PaymentsView locale={locale} query={await readQuery(InboxListQuery, searchParams)} />;
}
