import { PICTURES } from "@/components/merchant/pictures";
import { ProductView } from "@/components/merchant/product-view";
import { baseOf } from "@/components/merchant/view";
import { requireId } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { toLocale } from "@/lib/i18n/locale";
import { duplicateProductAction, previewAction, saveProductAction, saveVariantAction } from "../../../merchant/actions";
import { haltProductAction, resumeProductAction } from "../../actions";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
}

export default async function AdminProductPage({ params }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer } = await requireRole("admin", locale, `/admin/products/${id}`);
  return (
    <ProductView
      locale={locale}
      viewer={viewer}
      base={baseOf(locale, viewer)}
      productId={requireId("product", id)}
      pictures={PICTURES}
      actions={{
        saveProduct: saveProductAction,
        saveVariant: saveVariantAction,
        preview: previewAction,
        duplicate: duplicateProductAction,
        halt: haltProductAction,
        resume: resumeProductAction,
      }}
    />
  );
}
