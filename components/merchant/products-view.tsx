import Link from "next/link";
import { buttonClass } from "@/components/ui/button";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { smallPicture } from "@/lib/features/catalog/rules";
import { listProducts, type ProductRow } from "@/lib/features/merchants/products";
import { PRODUCT_STATUSES, type ProductListQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { formatCount, formatMinor } from "@/lib/i18n/format";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { ListFrame } from "./list-frame";
import { PageHead } from "./page-head";
import { ProductBadge } from "./state-badges";
import { inLocale, type ViewProps } from "./view";

export async function ProductsView({ query, ...view }: ViewProps & { readonly query: ProductListQuery }) {
  const { locale, viewer, base } = view;
  const { products: t, labels } = getMessages(locale).merchant;
  const { rows, page, hasMore } = await listProducts(getDeps(), viewer, query);
  return (
    <>
      <PageHead title={t.title}>
        <Link href={`${base}/products/bulk`} prefetch={false} className={buttonClass({ size: "sm" })}>
          {getMessages(locale).selling.bulk.title}
        </Link>
        {viewer.kind === "merchant" ? (
          <Link href={`${base}/products/new`} className={buttonClass({ variant: "seal", size: "sm" })}>
            {t.add}
          </Link>
        ) : null}
      </PageHead>
      <ListFrame
        locale={locale}
        path={`${base}/products`}
        search={{ value: query.q, hint: t.searchHint }}
        filters={[
          {
            name: "status",
            label: t.status,
            value: query.status ?? "",
            options: PRODUCT_STATUSES.map((status) => [status, labels.productStatus[status]] as const),
          },
          { name: "sort", label: t.columns.product, value: query.sort, isSort: true, options: Object.entries(t.sorts) },
        ]}
        page={page}
        hasMore={hasMore}
        isEmpty={rows.length === 0}
        empty={{ title: t.emptyTitle, text: t.emptyText }}
        none={{ title: t.noneTitle, text: t.noneText }}
      >
        <ProductsTable {...view} rows={rows} />
      </ListFrame>
    </>
  );
}

function ProductsTable({ locale, viewer, base, rows }: ViewProps & { readonly rows: readonly ProductRow[] }) {
  const { title, columns: t } = getMessages(locale).merchant.products;
  const isAdmin = viewer.kind === "admin";
  return (
    <Table aria-label={title}>
      <thead>
        <tr>
          <HeadCell>{t.product}</HeadCell>
          <HeadCell>{t.status}</HeadCell>
          <HeadCell className="text-right">{t.variants}</HeadCell>
          <HeadCell className="text-right">{t.stock}</HeadCell>
          <HeadCell className="text-right">{t.price}</HeadCell>
          {isAdmin ? <HeadCell>{t.merchant}</HeadCell> : null}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} className="hover:bg-sunken">
            <Cell className="min-w-48">
              <span className="flex items-center gap-3">
                <Picture path={row.picture} />
                <span className="min-w-0">
                  <Link
                    href={`${base}/products/${toPublicId("product", row.id)}`}
                    prefetch={false}
                    className="font-medium underline decoration-line underline-offset-4 hover:decoration-ink"
                  >
                    {inLocale(locale, row.titleZh, row.titleEn)}
                  </Link>
                  <span className="block text-xs text-faint">{row.slug}</span>
                </span>
              </span>
            </Cell>
            <Cell>
              <ProductBadge status={row.status} isHalted={row.isHalted} locale={locale} />
            </Cell>
            <Cell className="figures text-right">{row.variantCount}</Cell>
            <Cell className="figures text-right">{formatCount(row.available, locale)}</Cell>
            <Cell className="figures whitespace-nowrap text-right">
              {row.priceMinor && row.currency ? formatMinor(row.priceMinor.toString(), row.currency, locale) : "—"}
            </Cell>
            {isAdmin ? <Cell className="whitespace-nowrap">{row.merchantName}</Cell> : null}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** A small picture beside the name; the name says what it is. */
export function Picture({ path }: Readonly<{ path: string }>) {
  return path ? (
    <img
      src={smallPicture(path)}
      alt=""
      width={40}
      height={40}
      className="size-10 shrink-0 rounded-sm border object-cover"
    />
  ) : (
    <span aria-hidden="true" className="size-10 shrink-0 rounded-sm border bg-sunken" />
  );
}
