import type { Metadata } from "next";
import { BatchesView } from "@/components/merchant/batches-view";
import { baseOf } from "@/components/merchant/view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { BatchListQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).merchant.batches.title };
}

export default async function AdminBatchesPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/batches");
  const query = await readQuery(BatchListQuery, searchParams);
  return <BatchesView locale={locale} viewer={viewer} base={baseOf(locale, viewer)} query={query} />;
}
