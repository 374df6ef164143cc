import Link from "next/link";
import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, HeadCells, Table } from "@/components/ui/table";
import { monthSpan } from "@/lib/features/reports/rules";
import type { MerchantStatement, StatementOfCurrency } from "@/lib/features/reports/statement";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { Facts, PageHead, Part } from "./page-head";

interface StatementViewProps {
  locale: Locale;
  statement: MerchantStatement;
  /** The page's own address without its query. */
  path: string;
  /** The month that is not over. */
  thisMonth: string;
  /** Whether somebody else than the merchant looks. */
  isForeign?: boolean;
}

const monthBefore = (month: string): string => {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, "0")}`;
};

/** A merchant's month in each currency: what was sold, what came in, what went back, and what is due. */
export function StatementView({ locale, statement, path, thisMonth, isForeign = false }: Readonly<StatementViewProps>) {
  const t = getMessages(locale).reports.statement;
  const { month, merchantId, currencies, openDay } = statement;
  const { until } = monthSpan(month);
  const next = until.slice(0, 7);
  return (
    <>
      <PageHead title={isForeign ? fill(t.ofMerchant, { merchant: statement.merchant }) : t.title} lead={t.lead}>
        <form action="/api/merchant/statement" method="post">
          <input type="hidden" name="locale" value={locale} />
          <input type="hidden" name="month" value={month} />
          {isForeign ? <input type="hidden" name="merchant" value={merchantId} /> : null}
          <Button type="submit" size="sm">
            {t.download}
          </Button>
        </form>
      </PageHead>
      <nav aria-label={t.title} className="mb-4 flex items-center justify-between gap-3">
        <Link href={`${path}?month=${monthBefore(month)}`} prefetch={false} className={buttonClass({ size: "sm" })}>
          {t.previous}
        </Link>
        <span className="figures font-semibold">{fill(t.month, { month })}</span>
        {next <= thisMonth ? (
          <Link href={`${path}?month=${next}`} prefetch={false} className={buttonClass({ size: "sm" })}>
            {t.next}
          </Link>
        ) : (
          <span />
        )}
      </nav>
      {openDay !== null && openDay < until ? (
        <Notice className="mb-4">{fill(t.openDays, { day: openDay })}</Notice>
      ) : null}
      {currencies.length === 0 ? <EmptyState title={t.emptyTitle} text={t.emptyText} /> : null}
      {currencies.map((sums) => (
        <OfCurrency key={sums.currency} locale={locale} sums={sums} isNow={month === thisMonth} />
      ))}
      {currencies.length > 0 ? <p className="mt-6 max-w-prose text-sm text-faint">{t.note}</p> : null}
    </>
  );
}

interface OfCurrencyProps {
  locale: Locale;
  sums: StatementOfCurrency;
  isNow: boolean;
}

function OfCurrency({ locale, sums, isNow }: Readonly<OfCurrencyProps>) {
  const t = getMessages(locale).reports.statement;
  const { currency, total, fees } = sums;
  const amount = (minor: bigint) => formatMinor(minor.toString(), currency, locale);
  const told = fill(t.feesKnown, { known: fees.known, payments: fees.payments });
  return (
    <Part title={currency}>
      <Facts
        facts={[
          [t.opening, amount(sums.openingMinor)],
          [isNow ? t.closingNow : t.closing, <strong key="due">{amount(sums.closingMinor)}</strong>],
          [t.revenue, `${amount(total.revenueMinor)} · ${formatCount(Number(total.orders), locale)}`],
          [t.received, amount(total.receivedMinor)],
          [t.refunded, amount(total.refundedMinor)],
          ...(total.directMinor === 0n ? [] : [[t.direct, amount(total.directMinor)] as const]),
          ...(total.correctionMinor === 0n ? [] : [[t.correction, amount(total.correctionMinor)] as const]),
          [t.fees, fees.known === 0 ? t.feesNone : `${amount(fees.minor)} · ${told}`],
        ]}
      />
      <div className="mt-4">
        <Days locale={locale} sums={sums} />
      </div>
    </Part>
  );
}

function Days({ locale, sums }: Readonly<Omit<OfCurrencyProps, "isNow">>) {
  const t = getMessages(locale).reports.statement;
  const { columns } = t;
  const { currency } = sums;
  const amount = (minor: bigint) => (minor === 0n ? "—" : formatMinor(minor.toString(), currency, locale));
  const hasDirect = sums.days.some(({ directMinor }) => directMinor !== 0n);
  const hasCorrection = sums.days.some(({ correctionMinor }) => correctionMinor !== 0n);
  const shown = [
    columns.revenue,
    columns.received,
    columns.refunded,
    ...(hasDirect ? [columns.direct] : []),
    ...(hasCorrection ? [columns.correction] : []),
    columns.balance,
  ];
  return (
    <Table aria-label={`${t.days} ${currency}`}>
      <thead>
        <tr>
          <HeadCell>{columns.day}</HeadCell>
          <HeadCell className="text-right">{columns.orders}</HeadCell>
          <HeadCells names={shown} className="text-right" />
        </tr>
      </thead>
      <tbody>
        {sums.days.toReversed().map((day) => {
          const amounts = [
            day.revenueMinor,
            day.receivedMinor,
            day.refundedMinor,
            ...(hasDirect ? [day.directMinor] : []),
            ...(hasCorrection ? [day.correctionMinor] : []),
            day.balanceMinor,
          ];
          return (
            <tr key={day.day}>
              <Cell className="figures whitespace-nowrap">
                {day.day}
                {day.isClosed ? null : <span className="ml-1.5 text-xs text-faint">{t.live}</span>}
              </Cell>
              <Cell className="figures text-right">{formatCount(Number(day.orders), locale)}</Cell>
              {amounts.map((minor, n) => (
                <Cell key={shown[n]} className="figures whitespace-nowrap text-right">
                  {amount(minor)}
                </Cell>
              ))}
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
