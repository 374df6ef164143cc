import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { AreaField, SelectField, TextField } from "@/components/form/fields";
import type { listCategories, ProductDetail } from "@/lib/features/merchants/products";
import { PRODUCT_STATUSES } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { inLocale } from "./view";

interface ProductFormProps {
  locale: Locale;
  /** Absent for a new one. */
  product?: ProductDetail;
  categories: Awaited<ReturnType<typeof listCategories>>;
  pictures: readonly string[];
  save: ComponentProps<typeof ActionForm>["action"];
}

export function ProductForm({ locale, product, categories, pictures, save }: Readonly<ProductFormProps>) {
  const { merchant, staff } = getMessages(locale);
  const t = merchant.product;
  return (
    <ActionForm action={save} locale={locale} errors={staff.errors} saved={t.saved} className="space-y-6">
      <input type="hidden" name="productId" value={product?.id ?? ""} />
      <input type="hidden" name="updatedAt" value={product?.updatedAt.toISOString() ?? ""} />
      <div className="grid gap-6 lg:grid-cols-2">
        <Texts language={t.inZh} suffix="Zh" locale={locale} product={product} />
        <Texts language={t.inEn} suffix="En" locale={locale} product={product} />
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
      </div>
      <PictureChoice locale={locale} pictures={pictures} chosen={product?.picture ?? ""} />
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
}

/** The texts of one language, side by side with the other's on a wide screen. */
function Texts({ language, suffix, locale, product }: Readonly<TextsProps>) {
  const { merchant, staff } = getMessages(locale);
  const t = merchant.product;
  const note = staff.form.optional;
  return (
    <fieldset className="min-w-0 space-y-4 rounded-md border p-4" lang={suffix === "Zh" ? "zh-CN" : "en"}>
      <legend className="mb-0! px-1 text-sm text-faint">{language}</legend>
      <TextField
        name={`title${suffix}`}
        label={t.title}
        required
        maxLength={120}
        defaultValue={product?.[`title${suffix}`]}
      />
      <TextField
        name={`summary${suffix}`}
        label={t.summary}
        note={note}
        maxLength={300}
        defaultValue={product?.[`summary${suffix}`]}
      />
      <AreaField
        name={`description${suffix}`}
        label={t.description}
        note={note}
        maxLength={10_000}
        rows={5}
        defaultValue={product?.[`description${suffix}`]}
      />
      <AreaField
        name={`usageNote${suffix}`}
        label={t.usageNote}
        hint={t.usageHint}
        note={note}
        maxLength={2_000}
        rows={3}
        defaultValue={product?.[`usageNote${suffix}`]}
      />
    </fieldset>
  );
}

function PictureChoice({
  locale,
  pictures,
  chosen,
}: Readonly<{ locale: Locale; pictures: readonly string[]; chosen: string }>) {
  const t = getMessages(locale).merchant.product;
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{t.picture}</legend>
      <div className="flex flex-wrap gap-2">
        {["", ...pictures].map((path) => (
          <label
            key={path}
            className="block rounded-md border-2 border-transparent p-0.5 has-checked:border-ink has-focus-visible:outline-2 has-focus-visible:outline-cinnabar"
          >
            <input type="radio" name="picture" value={path} defaultChecked={path === chosen} className="sr-only" />
            {path ? (
              <img
                src={path}
                alt={nameOf(path)}
                width={64}
                height={64}
                className="size-16 rounded-sm border object-cover"
              />
            ) : (
              <span className="grid size-16 place-items-center rounded-sm border text-center text-xs text-faint">
                {t.noPicture}
              </span>
            )}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** "starriver" of "/pictures/starriver.svg": what a screen reader says of the choice. */
const nameOf = (path: string): string =>
  path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/\.svg$/, "")
    .replaceAll("-", " ");
