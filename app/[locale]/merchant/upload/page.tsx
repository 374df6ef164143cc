import type { Metadata } from "next";
import Link from "next/link";
import { KeysForm } from "@/components/merchant/keys-form";
import { OpenUploads } from "@/components/merchant/open-uploads";
import { PageHead } from "@/components/merchant/page-head";
import { PasteForm } from "@/components/merchant/paste-form";
import { ShareForm } from "@/components/merchant/share-form";
import { UploadForm } from "@/components/merchant/upload-form";
import { sentencesOf } from "@/components/merchant/upload-receiving";
import { baseOf, inLocale } from "@/components/merchant/view";
import { buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import type { SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { listOpenUploads } from "@/lib/features/imports/uploads";
import { listVariantChoices } from "@/lib/features/merchants/products";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { fromPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { generateKeysAction, pasteCardsAction, shareSecretAction } from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).merchant.upload.title };
}

export default async function UploadPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("merchant", locale, "/merchant/upload");
  const { merchant, imports } = getMessages(locale);
  const t = merchant.upload;
  const deps = getDeps();
  const [variants, open] = await Promise.all([listVariantChoices(deps, viewer), listOpenUploads(deps.db, viewer)]);
  const base = `${baseOf(locale, viewer)}/upload`;
  const choices = variants.map((variant) => ({
    id: variant.id,
    label: `${inLocale(locale, variant.productTitleZh, variant.productTitleEn)} · ${inLocale(locale, variant.titleZh, variant.titleEn)} (${variant.sku})`,
  }));
  const { variant } = await searchParams;
  const asked = fromPublicId("variant", typeof variant === "string" ? variant : "");
  const chosen = asked.ok && choices.some(({ id }) => id === asked.value) ? asked.value : "";
  if (choices.length === 0)
    return (
      <EmptyState heading="h1" title={t.title} text={t.noVariants}>
        <Link
          href={`${baseOf(locale, viewer)}/products/new`}
          prefetch={false}
          className={buttonClass({ variant: "seal" })}
        >
          {merchant.products.add}
        </Link>
      </EmptyState>
    );
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      {open.length > 0 ? <OpenUploads locale={locale} uploads={open} base={base} /> : null}
      <div className="nojs:hidden">
        <UploadForm
          locale={locale}
          choices={choices}
          chosen={chosen}
          base={base}
          pasted={imports.pasted}
          offline={imports.receiving.offline}
          t={t}
          errors={sentencesOf(locale)}
        />
      </div>
      <div className="js:hidden">
        <PasteForm locale={locale} choices={choices} chosen={chosen} paste={pasteCardsAction} />
      </div>
      <div className="mt-8 space-y-4">
        <ShareForm locale={locale} choices={choices} chosen={chosen} share={shareSecretAction} />
        <KeysForm locale={locale} choices={choices} chosen={chosen} generate={generateKeysAction} />
      </div>
    </>
  );
}
