import type { Metadata } from "next";
import { PageHead } from "@/components/merchant/page-head";
import { PICTURES } from "@/components/merchant/pictures";
import { ProductForm } from "@/components/merchant/product-form";
import { requireRole } from "@/lib/entry/session";
import { listPictures } from "@/lib/features/merchants/pictures";
import { listCategories } from "@/lib/features/merchants/products";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { previewAction, saveProductAction } from "../../actions";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).merchant.product.newTitle };
}

export default async function NewProductPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("merchant", locale, "/merchant/products/new");
  const deps = getDeps();
  const [categories, own] = await Promise.all([listCategories(deps), listPictures(deps, viewer.merchantId)]);
  return (
    <>
      <PageHead title={getMessages(locale).merchant.product.newTitle} />
      <ProductForm
        locale={locale}
        categories={categories}
        pictures={[...own, ...PICTURES]}
        canUpload
        save={saveProductAction}
        preview={previewAction}
      />
    </>
  );
}
