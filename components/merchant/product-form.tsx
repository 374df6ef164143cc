import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { MarkdownField, type PreviewAction } from "@/components/form/markdown-field";
import type { listCategories, ProductDetail } from "@/lib/features/merchants/products";
import { PRODUCT_STATUSES } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { writeShopTime } from "@/lib/i18n/shop-time";
import { limits } from "@/lib/kernel/limits";
import { PictureField } from "./picture-field";
import { inLocale } from "./view";

interface ProductFormProps {
  locale: Locale;
  /** Absent for a new one. */
  product?: ProductDetail;
  categories: Awaited<ReturnType<typeof listCategories>>;
  pictures: readonly string[];
  /** Whether pictures can be added here, and not only chosen. */
  canUpload: boolean;
  save: ComponentProps<typeof ActionForm>["action"];
  preview: PreviewAction;
}

export function ProductForm(props: Readonly<ProductFormProps>) {
  const { locale, product, categories, pictures, canUpload, save, preview } = props;
  const { merchant, staff, selling } = getMessages(locale);
  const t = merchant.product;
  return (
    <ActionForm action={save} locale={locale} errors={staff.errors} saved={t.saved} className="space-y-6">
      <input type="hidden" name="productId" value={product?.id ?? ""} />
      <input type="hidden" name="updatedAt" value={product?.updatedAt.toISOString() ?? ""} />
      <div className="grid gap-6 lg:grid-cols-2">
        <Texts language={t.inZh} suffix="Zh" locale={locale} product={product} preview={preview} />
        <Texts language={t.inEn} suffix="En" locale={locale} product={product} preview={preview} />
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField name="slug" label={t.slug} hint={t.slugHint} required maxLength={63} defaultValue={product?.slug} />
        <SelectField name="categoryId" label={t.category} required defaultValue={product?.categoryId ?? ""}>
          {product ? null : <option value="">{staff.form.chooseOne}</option>}
          {categories.map((category) => (
            <option key={category.id} value={category.id}>
              {inLocale(locale, category.titleZh, category.titleEn)}
            </option>
          ))}
        </SelectField>
        <SelectField name="status" label={t.status} defaultValue={product?.status ?? "draft"}>
          {PRODUCT_STATUSES.map((status) => (
            <option key={status} value={status}>
              {merchant.labels.productStatus[status]}
            </option>
          ))}
        </SelectField>
        <TextField
          name="publishAt"
          type="datetime-local"
          label={selling.publishAt}
          hint={selling.publishAtHint}
          note={staff.form.optional}
          defaultValue={writeShopTime(product?.publishAt)}
        />
      </div>
      <PictureField
        pictures={pictures}
        chosen={product?.picture ?? ""}
        canUpload={canUpload}
        errors={staff.errors}
        t={{ legend: t.picture, none: t.noPicture, ...selling.picture }}
      />
      <ActionSubmit variant="ink" pendingLabel={staff.form.saving}>
        {staff.form.save}
      </ActionSubmit>
    </ActionForm>
  );
}

interface TextsProps {
  language: string;
  suffix: "Zh" | "En";
  locale: Locale;
  product: ProductDetail | undefined;
  preview: PreviewAction;
}

/** The texts of one language, side by side with the other's on a wide screen. */
function Texts({ language, suffix, locale, product, preview }: Readonly<TextsProps>) {
  const { merchant, staff, selling } = getMessages(locale);
  const t = merchant.product;
  const note = staff.form.optional;
  return (
    <fieldset className="min-w-0 space-y-4 rounded-md border p-4" lang={suffix === "Zh" ? "zh-CN" : "en"}>
      <legend className="mb-0! px-1 text-sm text-faint">{language}</legend>
      <TextField
        name={`title${suffix}`}
        label={t.title}
        required
        maxLength={limits.titleLettersMax}
        defaultValue={product?.[`title${suffix}`]}
      />
      <TextField
        name={`summary${suffix}`}
        label={t.summary}
        note={note}
        maxLength={300}
        defaultValue={product?.[`summary${suffix}`]}
      />
      <MarkdownField
        name={`description${suffix}`}
        label={t.description}
        hint={selling.markdown.hint}
        note={note}
        maxLength={limits.descriptionLettersMax}
        rows={7}
        defaultValue={product?.[`description${suffix}`]}
        preview={preview}
        words={selling.markdown}
      />
      <MarkdownField
        name={`usageNote${suffix}`}
        label={t.usageNote}
        hint={t.usageHint}
        note={note}
        maxLength={limits.usageNoteLettersMax}
        rows={3}
        defaultValue={product?.[`usageNote${suffix}`]}
        preview={preview}
        words={selling.markdown}
      />
      <TextField
        name={`pictureAlt${suffix}`}
        label={selling.picture.alt}
        hint={selling.picture.altHint}
        note={note}
        maxLength={200}
        defaultValue={product?.[`pictureAlt${suffix}`]}
      />
    </fieldset>
  );
}
