import Form from "next/form";
import Link from "next/link";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Input, Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { type BulkPreview, type BulkRow, listBulkRows, previewBulk } from "@/lib/features/merchants/bulk-edit";
import { readPriceChange } from "@/lib/features/merchants/price-change";
import { listCategories } from "@/lib/features/merchants/products";
import { type BulkQuery, PRODUCT_STATUSES } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { PageHead } from "./page-head";
import { wordOf } from "./state-badges";
import { inLocale, type ViewProps } from "./view";

type Category = Awaited<ReturnType<typeof listCategories>>[number];

interface BulkViewProps extends ViewProps {
  readonly query: BulkQuery;
  /** The query as it was written, to be shown and sent again. */
  readonly asked: Readonly<Record<string, string | string[] | undefined>>;
  readonly apply: ComponentProps<typeof ActionForm>["action"];
}

const textOf = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? "";

/** Many variants at once, in two pages that are addresses: choose and wish, then look at each and confirm. */
export async function BulkView({ query, asked, apply, ...view }: BulkViewProps) {
  const { locale, base, viewer } = view;
  const { selling, staff } = getMessages(locale);
  const t = selling.bulk;
  const deps = getDeps();
  const categories = await listCategories(deps);
  const rows = query.v.length > 0 ? await previewBulk(deps, viewer, query) : null;
  const done = textOf(asked.done);
  return (
    <>
      <PageHead title={t.title} lead={rows ? t.previewLead : t.lead}>
        <Link href={`${base}/products`} prefetch={false} className={buttonClass({ size: "sm" })}>
          {t.back}
        </Link>
      </PageHead>
      {/^\d{1,4}$/.test(done) ? (
        <Notice role="status" className="mb-4">
          {fill(t.done, { count: done })}
        </Notice>
      ) : null}
      {rows && !readPriceChange(textOf(asked.price)).ok ? (
        <Notice tone="seal" role="alert" className="mb-4">
          {staff.errors.price_malformed}
        </Notice>
      ) : null}
      {rows ? (
        <ActionForm action={apply} locale={locale} errors={staff.errors} className="space-y-4">
          {rows.map(({ id, version, changedAt }) => (
            <input key={id} type="hidden" name="item" value={`${id} ${version} ${changedAt}`} />
          ))}
          {(["price", "status", "category"] as const).map((name) => (
            <input key={name} type="hidden" name={name} value={textOf(asked[name])} />
          ))}
          <PreviewTable {...view} rows={rows} categories={categories} />
          <div className="flex flex-wrap gap-2">
            <ActionSubmit
              variant="seal"
              size="sm"
              pendingLabel={staff.form.saving}
              disabled={rows.some((row) => !row.after.ok) || !readPriceChange(textOf(asked.price)).ok}
            >
              {fill(t.apply, { count: rows.length })}
            </ActionSubmit>
            <Link href={`${base}/products/bulk`} className={buttonClass({ size: "sm" })}>
              {t.again}
            </Link>
          </div>
        </ActionForm>
      ) : (
        <Chooser {...view} query={query} categories={categories} rows={await listBulkRows(deps, viewer, query.q)} />
      )}
    </>
  );
}

interface ChooserProps extends ViewProps {
  readonly query: BulkQuery;
  readonly rows: readonly BulkRow[];
  readonly categories: readonly Category[];
}

function Chooser({ locale, base, query, rows, categories }: ChooserProps) {
  const { selling, merchant, staff } = getMessages(locale);
  const t = selling.bulk;
  const path = `${base}/products/bulk`;
  if (rows.length === 0 && query.q === "") return <EmptyState title={t.emptyTitle} text={t.emptyText} />;
  return (
    <>
      <Form action={path} role="search" className="mb-4 flex gap-2">
        <Input
          type="search"
          name="q"
          defaultValue={query.q}
          aria-label={merchant.products.searchHint}
          placeholder={merchant.products.searchHint}
          className="h-10 max-w-80 text-sm"
        />
        <Button type="submit" size="sm">
          {staff.table.search}
        </Button>
      </Form>
      <form action={path} className="space-y-4">
        <Table aria-label={t.title}>
          <thead>
            <tr>
              <HeadCell>
                <span className="sr-only">{t.choose}</span>
              </HeadCell>
              <HeadCell>{t.columns.variant}</HeadCell>
              <HeadCell className="text-right">{t.columns.price}</HeadCell>
              <HeadCell>{t.columns.status}</HeadCell>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id} className="hover:bg-sunken">
                <Cell>
                  <input type="checkbox" name="v" value={row.id} id={`v-${row.id}`} className="size-5" />
                </Cell>
                <Cell className="min-w-48">
                  <label htmlFor={`v-${row.id}`} className="block cursor-pointer">
                    {inLocale(locale, row.titleZh, row.titleEn)}
                    <span className="block text-xs text-faint">{row.sku}</span>
                  </label>
                </Cell>
                <Cell className="figures whitespace-nowrap text-right">
                  {formatMinor(row.priceMinor.toString(), row.currency, locale)}
                </Cell>
                <Cell className="whitespace-nowrap">{wordOf(merchant.labels.productStatus, row.status)}</Cell>
              </tr>
            ))}
          </tbody>
        </Table>
        {rows.length >= limits.bulkVariantsMax ? <p className="text-sm text-faint">{t.bound}</p> : null}
        <fieldset className="rounded-md border p-4">
          <legend className="px-1 text-sm font-medium">{t.wish}</legend>
          <div className="grid gap-4 sm:grid-cols-3">
            <div className="space-y-1.5">
              <label className="space-y-1.5 text-sm font-medium" htmlFor="bulk-price">
                <span>{t.price}</span>
                <Input id="bulk-price" name="price" placeholder="+5%" aria-describedby="bulk-price-hint" />
              </label>
              <p id="bulk-price-hint" className="text-sm text-faint">
                {t.priceHint}
              </p>
            </div>
            <label className="space-y-1.5 text-sm font-medium" htmlFor="bulk-status">
              <span>{t.status}</span>
              <Select id="bulk-status" name="status">
                <option value="">{t.keep}</option>
                {PRODUCT_STATUSES.map((status) => (
                  <option key={status} value={status}>
                    {merchant.labels.productStatus[status]}
                  </option>
                ))}
              </Select>
            </label>
            <label className="space-y-1.5 text-sm font-medium" htmlFor="bulk-category">
              <span>{t.category}</span>
              <Select id="bulk-category" name="category">
                <option value="">{t.keep}</option>
                {categories.map((category) => (
                  <option key={category.id} value={category.id}>
                    {inLocale(locale, category.titleZh, category.titleEn)}
                  </option>
                ))}
              </Select>
            </label>
          </div>
        </fieldset>
        <Button type="submit" variant="ink" size="sm">
          {t.preview}
        </Button>
      </form>
    </>
  );
}

interface PreviewTableProps extends ViewProps {
  readonly rows: readonly BulkPreview[];
  readonly categories: readonly Category[];
}

function PreviewTable({ locale, rows, categories }: PreviewTableProps) {
  const { selling, merchant, staff } = getMessages(locale);
  const t = selling.bulk;
  const categoryOf = (id: string) => {
    const category = categories.find((one) => one.id === id);
    return inLocale(locale, category?.titleZh ?? "", category?.titleEn ?? "");
  };
  const stateOf = (status: string) => wordOf(merchant.labels.productStatus, status);
  return (
    <Table aria-label={t.previewLead}>
      <thead>
        <tr>
          <HeadCell>{t.columns.variant}</HeadCell>
          <HeadCell className="text-right">{t.columns.price}</HeadCell>
          <HeadCell>{t.columns.status}</HeadCell>
          <HeadCell>{t.columns.category}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Cell className="min-w-40">
              {inLocale(locale, row.titleZh, row.titleEn)}
              <span className="block text-xs text-faint">{row.sku}</span>
              {row.after.ok ? null : (
                <span className="block text-cinnabar">{wordOf(staff.errors, row.after.error)}</span>
              )}
            </Cell>
            <Cell className="figures whitespace-nowrap text-right">
              <Change
                before={formatMinor(row.priceMinor.toString(), row.currency, locale)}
                after={row.after.ok ? formatMinor(row.after.value.priceMinor.toString(), row.currency, locale) : null}
              />
            </Cell>
            <Cell className="whitespace-nowrap">
              <Change before={stateOf(row.status)} after={row.after.ok ? stateOf(row.after.value.status) : null} />
            </Cell>
            <Cell>
              <Change
                before={categoryOf(row.categoryId)}
                after={row.after.ok ? categoryOf(row.after.value.categoryId) : null}
              />
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What is, and, where it changes, what it becomes. */
function Change({ before, after }: Readonly<{ before: string; after: string | null }>) {
  if (after === null || after === before) return <span className="text-faint">{before}</span>;
  return (
    <>
      <del className="text-faint">{before}</del> <ins className="font-semibold no-underline">{after}</ins>
    </>
  );
}
