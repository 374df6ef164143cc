import type { Metadata } from "next";
import { PageHead } from "@/components/merchant/page-head";
import { PICTURES } from "@/components/merchant/pictures";
import { ProductForm } from "@/components/merchant/product-form";
import { requireRole } from "@/lib/entry/session";
import { listCategories } from "@/lib/features/merchants/products";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { saveProductAction } from "../../actions";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).merchant.product.newTitle };
}

export default async function NewProductPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  await requireRole("merchant", locale, "/merchant/products/new");
  const categories = await listCategories(getDeps());
  return (
    <>
      <PageHead title={getMessages(locale).merchant.product.newTitle} />
      <ProductForm locale={locale} categories={categories} pictures={PICTURES} save={saveProductAction} />
    </>
  );
}
