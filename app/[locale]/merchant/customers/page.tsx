import type { Metadata } from "next";
import { CustomersView } from "@/components/merchant/customers-view";
import { baseOf } from "@/components/merchant/view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { CustomerListQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).selling.customers.title };
}

export default async function CustomersPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("merchant", locale, "/merchant/customers");
  const query = await readQuery(CustomerListQuery, searchParams);
  return <CustomersView locale={locale} viewer={viewer} base={baseOf(locale, viewer)} query={query} />;
}
