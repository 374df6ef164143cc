import type { Metadata } from "next";
import { PaymentsView } from "@/components/admin/payments-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { InboxQuery } from "@/lib/features/payments/desk-schema";
import { listAccountIds } from "@/lib/features/payments/list-events";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).money.inbox.title };
}

export default async function PaymentsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/payments");
  const query = await readQuery(InboxQuery, searchParams);
  const accounts = await listAccountIds(getDeps());
  return <PaymentsView locale={locale} viewer={viewer} query={query} accounts={accounts} />;
}
