import clsx from "clsx";
import Link from "next/link";
import type { ReactNode } from "react";
import { type DayFigures, type LowStockRow, readOverview } from "@/lib/features/merchants/overview";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor, SHOP_TIME_ZONE } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { ExpiringSoon } from "./expiring-list";
import { PageHead, Part } from "./page-head";
import { SalesPart } from "./sales-part";
import { inLocale, type ViewProps } from "./view";

/** What needs attention now. Every figure is a link to the rows behind it. */
export async function OverviewView({ locale, viewer, base, period }: ViewProps & { readonly period: number }) {
  const overview = await readOverview(getDeps(), viewer, SHOP_TIME_ZONE);
  const t = getMessages(locale).merchant.overview;
  const today = overview.days.at(-1);
  const isAdmin = viewer.kind === "admin";
  const owedHref = isAdmin ? `${base}/owed` : `${base}/orders?exception=owed`;
  const exceptionsHref = isAdmin ? `${base}/findings` : `${base}/orders?exception=open`;
  return (
    <>
      <PageHead title={t.title} />
      <div className="grid grid-cols-2 gap-px overflow-hidden rounded-md border bg-line lg:grid-cols-5">
        <Figure label={t.todayOrders} href={`${base}/orders`}>
          {formatCount(today?.orders ?? 0, locale)}
          <span className="block text-xs font-normal text-faint">
            {t.todayPaid} {formatCount(today?.paid ?? 0, locale)}
          </span>
        </Figure>
        <Figure label={t.todaySales} href={`${base}/orders?status=delivered`}>
          {salesOf(today, locale)}
        </Figure>
        <Figure label={t.owed} href={owedHref} isUrgent={overview.owedCount > 0}>
          {formatCount(overview.owedCount, locale)}
        </Figure>
        <Figure label={t.exceptions} href={exceptionsHref} isUrgent={overview.exceptions > 0}>
          {formatCount(overview.exceptions, locale)}
        </Figure>
        <Figure label={t.drafts} href={`${base}/batches?status=draft`} className="col-span-2 lg:col-span-1">
          {formatCount(overview.draftBatches, locale)}
        </Figure>
      </div>
      <div className="mt-8 space-y-8">
        <SalesPart locale={locale} viewer={viewer} base={base} period={period} />
        <Part title={t.lowStock}>
          <LowStock rows={overview.lowStock} locale={locale} base={base} canUpload={!isAdmin} />
        </Part>
      </div>
      <ExpiringSoon {...{ locale, viewer, base }} />
    </>
  );
}

const salesOf = (day: DayFigures | undefined, locale: Locale): string =>
  day?.sales.map(({ totalMinor, currency }) => formatMinor(totalMinor.toString(), currency, locale)).join(" + ") ||
  formatMinor("0", "CNY", locale);

interface FigureProps {
  label: string;
  href: string;
  isUrgent?: boolean;
  className?: string;
  children: ReactNode;
}

function Figure({ label, href, isUrgent, className, children }: Readonly<FigureProps>) {
  return (
    <Link href={href} prefetch={false} className={clsx("block bg-surface px-4 py-3 hover:bg-sunken", className)}>
      <span className="block text-xs text-faint">{label}</span>
      <span className={clsx("figures block text-xl font-semibold", isUrgent && "text-cinnabar")}>{children}</span>
    </Link>
  );
}

interface LowStockProps {
  rows: readonly LowStockRow[];
  locale: Locale;
  base: string;
  canUpload: boolean;
}

function LowStock({ rows, locale, base, canUpload }: Readonly<LowStockProps>) {
  const t = getMessages(locale).merchant.overview;
  if (rows.length === 0) return <p className="text-sm text-soft">{t.lowStockNone}</p>;
  return (
    <ul className="border-t">
      {rows.map((row) => (
        <li key={row.variantId} className="flex items-center justify-between gap-3 border-b py-2 text-sm">
          <Link
            href={`${base}/products/${toPublicId("product", row.productId)}`}
            prefetch={false}
            className="min-w-0 hover:underline"
          >
            {inLocale(locale, row.titleZh, row.titleEn)}
            <span className="block text-xs text-faint">{row.sku}</span>
          </Link>
          <span className="shrink-0 text-right">
            <span className={clsx("figures block", row.available === 0 && "font-semibold text-cinnabar")}>
              {fill(t.left, { count: formatCount(row.available, locale) })}
            </span>
            {canUpload ? (
              <Link
                href={`${base}/upload?variant=${toPublicId("variant", row.variantId)}`}
                prefetch={false}
                className="inline-block py-1 text-xs underline underline-offset-4"
              >
                {t.addStock}
              </Link>
            ) : (
              <span className="text-xs text-faint">{fill(t.bound, { count: row.lowStockBelow })}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
