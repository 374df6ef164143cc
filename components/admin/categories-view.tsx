import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { PageHead, Part } from "@/components/merchant/page-head";
import { inLocale } from "@/components/merchant/view";
import { type CategoryRow, readCategoryTree } from "@/lib/features/merchants/categories";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, inBrackets } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface CategoriesViewProps {
  locale: Locale;
  actions: { readonly save: FormAction; readonly remove: FormAction };
}

/** The shelves of the platform: their order, and which stands under which. */
export async function CategoriesView({ locale, actions }: Readonly<CategoriesViewProps>) {
  const { selling, staff } = getMessages(locale);
  const t = selling.categories;
  const tree = await readCategoryTree(getDeps());
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      {tree.map((category) => (
        <details
          key={category.id}
          className="mb-1.5 rounded-md border bg-surface"
          style={{ marginInlineStart: `${category.depth * 1.5}rem` }}
        >
          <summary className="flex flex-wrap items-center justify-between gap-x-4 px-4 py-2.5 text-sm">
            <span>
              <span className="font-medium">{inLocale(locale, category.titleZh, category.titleEn)}</span>{" "}
              <span className="text-xs text-faint">{category.slug}</span>
            </span>
            <span className="figures text-soft">
              {fill(t.products, { count: formatCount(category.products, locale) })}
            </span>
          </summary>
          <div className="space-y-4 border-t p-4">
            <CategoryForm locale={locale} tree={tree} category={category} save={actions.save} />
            {category.products === 0 ? (
              <ActionForm action={actions.remove} locale={locale} errors={staff.errors}>
                <input type="hidden" name="categoryId" value={category.id} />
                <ActionSubmit size="sm" pendingLabel={staff.form.saving}>
                  {t.remove}
                </ActionSubmit>
              </ActionForm>
            ) : null}
          </div>
        </details>
      ))}
      <Part title={t.add}>
        <CategoryForm locale={locale} tree={tree} save={actions.save} />
      </Part>
    </>
  );
}

interface CategoryFormProps {
  locale: Locale;
  tree: readonly CategoryRow[];
  /** Absent for a new one. */
  category?: CategoryRow;
  save: FormAction;
}

function CategoryForm({ locale, tree, category, save }: Readonly<CategoryFormProps>) {
  const { selling, merchant, staff } = getMessages(locale);
  const t = selling.categories;
  return (
    <ActionForm
      action={save}
      locale={locale}
      errors={staff.errors}
      saved={merchant.product.saved}
      className="space-y-4"
    >
      <input type="hidden" name="categoryId" value={category?.id ?? ""} />
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <TextField
          name="titleZh"
          label={`${t.name}${inBrackets(merchant.product.inZh, locale)}`}
          required
          maxLength={limits.titleLettersMax}
          defaultValue={category?.titleZh}
        />
        <TextField
          name="titleEn"
          label={`${t.name}${inBrackets(merchant.product.inEn, locale)}`}
          required
          maxLength={limits.titleLettersMax}
          defaultValue={category?.titleEn}
        />
        <TextField name="slug" label={merchant.product.slug} required maxLength={63} defaultValue={category?.slug} />
        <SelectField name="parentId" label={t.parent} defaultValue={category?.parentId ?? ""}>
          <option value="">{t.top}</option>
          {tree
            .filter(({ id }) => id !== category?.id)
            .map(({ id, depth, titleZh, titleEn }) => (
              <option key={id} value={id}>
                {`${"　".repeat(depth)}${inLocale(locale, titleZh, titleEn)}`}
              </option>
            ))}
        </SelectField>
        <TextField
          name="position"
          type="number"
          inputMode="numeric"
          min={0}
          max={100_000}
          label={t.position}
          hint={t.positionHint}
          required
          defaultValue={category?.position ?? tree.length}
        />
      </div>
      <ActionSubmit variant="ink" size="sm" pendingLabel={staff.form.saving}>
        {category ? staff.form.save : t.create}
      </ActionSubmit>
    </ActionForm>
  );
}
