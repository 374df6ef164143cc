import Link from "next/link";
import { notFound } from "next/navigation";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import type { PreviewAction } from "@/components/form/markdown-field";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { listPictures } from "@/lib/features/merchants/pictures";
import { findProduct, listCategories, type ProductDetail, type VariantRow } from "@/lib/features/merchants/products";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { HaltForms } from "./halt-forms";
import { PageHead, Part } from "./page-head";
import { ProductForm } from "./product-form";
import { ProductBadge } from "./state-badges";
import { VariantForm } from "./variant-form";
import { inLocale, type ViewProps } from "./view";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface ProductViewProps extends ViewProps {
  readonly productId: string;
  readonly pictures: readonly string[];
  readonly actions: {
    readonly saveProduct: FormAction;
    readonly saveVariant: FormAction;
    readonly preview: PreviewAction;
    readonly duplicate: FormAction;
    readonly halt?: FormAction;
    readonly resume?: FormAction;
  };
}

/** The editor of one product: its variants first, because prices and stock are changed daily and texts are not. */
export async function ProductView({ productId, pictures, actions, ...view }: ProductViewProps) {
  const { locale, viewer } = view;
  const deps = getDeps();
  const [product, categories] = await Promise.all([findProduct(deps, viewer, productId), listCategories(deps)]);
  if (!product) notFound();
  const own = await listPictures(deps, product.merchantId);
  const { merchant, staff, selling } = getMessages(locale);
  const t = merchant.product;
  const title = inLocale(locale, product.titleZh, product.titleEn);
  return (
    <>
      <PageHead title={title} lead={viewer.kind === "admin" ? product.merchantName : undefined}>
        <ProductBadge status={product.status} isHalted={product.haltedAt !== null} locale={locale} />
        <a href={`/${locale}/products/${product.slug}`} className={buttonClass({ size: "sm" })}>
          {t.view}
        </a>
        <ActionForm action={actions.duplicate} locale={locale} errors={staff.errors}>
          <input type="hidden" name="productId" value={product.id} />
          <ActionSubmit size="sm" pendingLabel={selling.duplicate.pending} title={selling.duplicate.hint}>
            {selling.duplicate.button}
          </ActionSubmit>
        </ActionForm>
      </PageHead>
      {product.haltedAt && viewer.kind === "merchant" ? (
        <Notice tone="seal" title={t.haltedTitle} className="mb-6">
          {fill(t.haltedReason, { reason: product.haltedReason ?? "" })}
        </Notice>
      ) : null}
      <Part title={t.variants}>
        {product.variants.length === 0 ? <p className="mb-3 text-sm text-soft">{t.noVariants}</p> : null}
        {product.variants.map((variant) => (
          <VariantEntry key={variant.id} {...view} product={product} variant={variant} save={actions.saveVariant} />
        ))}
        <details className="rounded-md border bg-surface" open={product.variants.length === 0}>
          <summary className="px-4 py-3 text-sm font-medium">{t.addVariant}</summary>
          <div className="border-t p-4">
            <VariantForm locale={locale} productId={product.id} save={actions.saveVariant} />
          </div>
        </details>
      </Part>
      <Part title={t.texts}>
        <ProductForm
          {...{ locale, product, categories }}
          pictures={[...own, ...pictures]}
          canUpload={viewer.kind === "merchant"}
          save={actions.saveProduct}
          preview={actions.preview}
        />
      </Part>
      {actions.halt && actions.resume ? (
        <HaltForms locale={locale} product={product} halt={actions.halt} resume={actions.resume} />
      ) : null}
    </>
  );
}

interface VariantEntryProps extends ViewProps {
  readonly product: ProductDetail;
  readonly variant: VariantRow;
  readonly save: FormAction;
}

function VariantEntry({ locale, viewer, base, product, variant, save }: VariantEntryProps) {
  const t = getMessages(locale).merchant.variant;
  return (
    <details className="mb-2 rounded-md border bg-surface">
      <summary className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-3 text-sm">
        <span className="min-w-0">
          <span className="font-medium">{inLocale(locale, variant.titleZh, variant.titleEn)}</span>{" "}
          <span className="text-xs text-faint">{variant.sku}</span>
        </span>
        <span className="figures flex items-center gap-4">
          <span className="text-soft">{fill(t.available, { count: formatCount(variant.available, locale) })}</span>
          <span>{formatMinor(variant.priceMinor.toString(), variant.currency, locale)}</span>
          <ProductBadge status={variant.status} locale={locale} />
          <span className="underline underline-offset-4">{t.edit}</span>
        </span>
      </summary>
      <div className="border-t p-4">
        {viewer.kind === "merchant" ? <UploadLink locale={locale} base={base} variantId={variant.id} /> : null}
        <VariantForm locale={locale} productId={product.id} variant={variant} save={save} />
      </div>
    </details>
  );
}

function UploadLink({ locale, base, variantId }: Readonly<{ locale: Locale; base: string; variantId: string }>) {
  return (
    <p className="mb-4">
      <Link
        href={`${base}/upload?variant=${toPublicId("variant", variantId)}`}
        prefetch={false}
        className={buttonClass({ variant: "ink", size: "sm" })}
      >
        {getMessages(locale).merchant.variant.upload}
      </Link>
    </p>
  );
}
