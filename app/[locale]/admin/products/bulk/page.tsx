import type { Metadata } from "next";
import { BulkView } from "@/components/merchant/bulk-view";
import { baseOf } from "@/components/merchant/view";
import { readWholeQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { BulkQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { applyBulkAction } from "../../../merchant/actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).selling.bulk.title };
}

export default async function AdminBulkPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/products/bulk");
  const asked = await searchParams;
  const query = await readWholeQuery(BulkQuery, searchParams);
  return (
    <BulkView
      locale={locale}
      viewer={viewer}
      base={baseOf(locale, viewer)}
      {...{ asked, query }}
      apply={applyBulkAction}
    />
  );
}
