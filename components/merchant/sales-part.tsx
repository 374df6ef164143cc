import clsx from "clsx";
import Link from "next/link";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import {
  type BestSeller,
  readSales,
  type SalesDay,
  type SalesOfCurrency,
  type StockCover,
} from "@/lib/features/merchants/sales";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor, formatStamp, SHOP_TIME_ZONE } from "@/lib/i18n/format";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { Part } from "./page-head";
import { SalesChart } from "./sales-chart";
import { inLocale, type ViewProps } from "./view";

export const PERIODS = [7, 30, 90] as const;

/** What was sold in a period: drawn, as a table, and as links to the orders behind each figure. */
export async function SalesPart({ period, ...view }: ViewProps & { readonly period: number }) {
  const { locale, viewer, base } = view;
  const t = getMessages(locale).selling.sales;
  const sales = await readSales(getDeps(), viewer, { days: period, timeZone: SHOP_TIME_ZONE });
  return (
    <>
      <Part
        title={t.title}
        note={sales.countedUntil ? fill(t.countedUntil, { at: formatStamp(sales.countedUntil, locale) }) : t.counting}
      >
        <nav aria-label={t.period} className="mb-3 flex gap-1">
          {PERIODS.map((days) => (
            <Link
              key={days}
              href={`${base}?days=${days}`}
              prefetch={false}
              aria-current={days === period ? "page" : undefined}
              className={clsx(
                "rounded-md px-3 py-1.5 text-sm",
                days === period ? "bg-ink text-on-ink" : "text-soft hover:bg-sunken",
              )}
            >
              {fill(t.days, { count: days })}
            </Link>
          ))}
        </nav>
        {sales.currencies.length === 0 ? <p className="text-sm text-soft">{t.none}</p> : null}
        <div className="grid gap-4 lg:grid-cols-2">
          {sales.currencies.map((one) => (
            <Charts key={one.currency} {...view} sales={one} />
          ))}
        </div>
      </Part>
      <div className="mt-8 grid gap-8 *:mt-0! lg:grid-cols-2">
        <Part title={t.cover} note={t.coverNote}>
          <Cover {...view} rows={sales.cover} />
        </Part>
        <Part title={t.best}>
          <Best {...view} rows={sales.best} />
        </Part>
      </div>
    </>
  );
}

const sum = (days: readonly SalesDay[], name: "placed" | "paid" | "delivered"): number =>
  days.reduce((total, day) => total + day[name], 0);
const sumMinor = (days: readonly SalesDay[], name: "salesMinor" | "refundedMinor"): bigint =>
  days.reduce((total, day) => total + day[name], 0n);
const percentOf = (part: number, whole: number): string => (whole === 0 ? "—" : `${Math.round((100 * part) / whole)}%`);

function Charts({ locale, base, sales }: ViewProps & { readonly sales: SalesOfCurrency }) {
  const t = getMessages(locale).selling.sales;
  const { currency, days } = sales;
  const amount = (minor: bigint) => formatMinor(minor.toString(), currency, locale);
  const count = (n: number) => formatCount(n, locale);
  const [placed, paid, delivered] = [sum(days, "placed"), sum(days, "paid"), sum(days, "delivered")];
  const [sold, refunded] = [sumMinor(days, "salesMinor"), sumMinor(days, "refundedMinor")];
  const hrefOf = (day: string) => `${base}/orders?from=${day}&to=${day}`;
  const range = `from=${days[0]?.day}&to=${days.at(-1)?.day}`;
  return (
    <>
      <SalesChart
        title={fill(t.revenueOf, { currency })}
        summary={fill(t.revenueSummary, {
          sales: amount(sold),
          refunded: amount(refunded),
          net: amount(sold - refunded),
        })}
        legend={[
          [t.sales, "behind"],
          [t.revenue, "front"],
        ]}
        columns={[t.day, t.sales, t.refunded, t.revenue]}
        tableLabel={t.asTable}
        days={days.map(({ day, salesMinor, refundedMinor }) => ({
          day,
          behind: Number(salesMinor),
          front: Number(salesMinor - refundedMinor),
          cells: [day, amount(salesMinor), amount(refundedMinor), amount(salesMinor - refundedMinor)],
          href: hrefOf(day),
        }))}
      >
        <p className="figures mb-3 text-xl font-semibold">
          {amount(sold - refunded)}
          <span className="ml-2 text-sm font-normal text-faint">
            {fill(t.afterRefunds, { refunded: amount(refunded) })}
          </span>
        </p>
      </SalesChart>
      <SalesChart
        title={t.conversion}
        summary={fill(t.conversionSummary, { placed: count(placed), paid: count(paid), delivered: count(delivered) })}
        legend={[
          [t.placed, "behind"],
          [t.paid, "front"],
        ]}
        columns={[t.day, t.placed, t.paid, t.delivered]}
        tableLabel={t.asTable}
        days={days.map(({ day, ...one }) => ({
          day,
          behind: one.placed,
          front: one.paid,
          cells: [day, count(one.placed), count(one.paid), count(one.delivered)],
          href: hrefOf(day),
        }))}
      >
        <dl className="mb-3 flex flex-wrap gap-x-6 gap-y-1">
          <Step label={t.placed} value={count(placed)} href={`${base}/orders?${range}`} />
          <Step label={t.paid} value={count(paid)} share={percentOf(paid, placed)} />
          <Step
            label={t.delivered}
            value={count(delivered)}
            share={percentOf(delivered, paid)}
            href={`${base}/orders?status=delivered&${range}`}
          />
        </dl>
      </SalesChart>
    </>
  );
}

interface StepProps {
  label: string;
  value: string;
  /** Of the step before. */
  share?: string;
  href?: string;
}

function Step({ label, value, share, href }: Readonly<StepProps>) {
  return (
    <div>
      <dt className="text-xs text-faint">{label}</dt>
      <dd className="figures text-xl font-semibold">
        {href ? (
          <Link href={href} prefetch={false} className="hover:underline">
            {value}
          </Link>
        ) : (
          value
        )}
        {share ? <span className="ml-1.5 text-sm font-normal text-faint">{share}</span> : null}
      </dd>
    </div>
  );
}

function Cover({ locale, base, rows }: ViewProps & { readonly rows: readonly StockCover[] }) {
  const t = getMessages(locale).selling.sales;
  if (rows.length === 0) return <p className="text-sm text-soft">{t.coverNone}</p>;
  return (
    <Table aria-label={t.cover}>
      <thead>
        <tr>
          <HeadCell>{t.variant}</HeadCell>
          <HeadCell className="text-right">{t.available}</HeadCell>
          <HeadCell className="text-right">{t.sold}</HeadCell>
          <HeadCell className="text-right">{t.lasts}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.variantId}>
            <Cell>
              <Link href={`${base}/products/${toPublicId("product", row.productId)}`} className="hover:underline">
                {inLocale(locale, row.titleZh, row.titleEn)}
              </Link>
            </Cell>
            <Cell className="figures text-right">{formatCount(row.available, locale)}</Cell>
            <Cell className="figures text-right">{formatCount(row.sold, locale)}</Cell>
            <Cell
              className={clsx("figures whitespace-nowrap text-right", row.days < 3 && "font-semibold text-cinnabar")}
            >
              {row.days > 365 ? t.overAYear : fill(t.days, { count: formatCount(row.days, locale) })}
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Best({ locale, base, rows }: ViewProps & { readonly rows: readonly BestSeller[] }) {
  const t = getMessages(locale).selling.sales;
  if (rows.length === 0) return <p className="text-sm text-soft">{t.none}</p>;
  return (
    <Table aria-label={t.best}>
      <thead>
        <tr>
          <HeadCell>{t.variant}</HeadCell>
          <HeadCell className="text-right">{t.pieces}</HeadCell>
          <HeadCell className="text-right">{t.sales}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.variantId} ${row.currency}`}>
            <Cell>
              <Link href={`${base}/products/${toPublicId("product", row.productId)}`} className="hover:underline">
                {inLocale(locale, row.titleZh, row.titleEn)}
              </Link>
            </Cell>
            <Cell className="figures text-right">{formatCount(row.pieces, locale)}</Cell>
            <Cell className="figures whitespace-nowrap text-right">
              {formatMinor(row.salesMinor.toString(), row.currency, locale)}
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
