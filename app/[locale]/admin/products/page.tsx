import type { Metadata } from "next";
import { ProductsView } from "@/components/merchant/products-view";
import { baseOf } from "@/components/merchant/view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { ProductListQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).merchant.products.title };
}

export default async function AdminProductsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/products");
  const query = await readQuery(ProductListQuery, searchParams);
  return <ProductsView locale={locale} viewer={viewer} base={baseOf(locale, viewer)} query={query} />;
}
