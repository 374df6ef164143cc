import Link from "next/link";
import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";
import { PageHead, Part } from "@/components/merchant/page-head";
import { buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Cell, HeadCell, HeadCells, Table } from "@/components/ui/table";
import { type ClosedDay, findCloseMail, listCloses, readOpenDay } from "@/lib/features/reports/queries";
import { currenciesOf, type Figure } from "@/lib/features/reports/rules";
import type { ReportsQuery } from "@/lib/features/reports/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatStamp, SHOP_TIME_ZONE } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { Amount } from "./figure-cells";
import { CloseMailForm, ClosesFile } from "./report-forms";
import { TrendPart } from "./trend-part";

interface ReportsViewProps {
  locale: Locale;
  query: ReportsQuery;
  user: { readonly userId: string; readonly email: string };
  wishMail: ComponentProps<typeof ActionForm>["action"];
}

const SHOWN = ["sold", "received", "delivered", "refunded", "owed"] as const;

/** The days of the shop: the open one as it stands, the closed ones as they were frozen, and how findings come and go. */
export async function ReportsView({ locale, query, user, wishMail }: Readonly<ReportsViewProps>) {
  const t = getMessages(locale).reports;
  const deps = getDeps();
  const [open, closes, mail] = await Promise.all([
    readOpenDay(deps, SHOP_TIME_ZONE, deps.clock.now()),
    listCloses(deps, query.before ?? null),
    findCloseMail(deps, user.userId),
  ]);
  const oldest = closes.length === limits.closesListed ? closes.at(-1)?.day : undefined;
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      {query.before ? null : (
        <Part
          title={t.open.title}
          {...(open && { note: fill(t.open.note, { from: formatStamp(open.beginsAt, locale) }) })}
        >
          {open ? (
            <Days locale={locale} label={t.open.title} rows={[{ ...open, href: null, correctionCount: 0 }]} />
          ) : (
            <EmptyState title={t.open.noneTitle} text={t.open.noneText} />
          )}
        </Part>
      )}
      <Part title={t.list.title}>
        {closes.length === 0 ? <EmptyState title={t.list.emptyTitle} text={t.list.emptyText} /> : null}
        {closes.length > 0 ? (
          <Days
            locale={locale}
            label={t.list.title}
            rows={closes.map((close) => ({ ...close, href: `/${locale}/admin/reports/${close.day}` }))}
          />
        ) : null}
        <nav aria-label={t.list.title} className="mt-4 flex justify-between gap-3">
          {query.before ? (
            <Link href={`/${locale}/admin/reports`} prefetch={false} className={buttonClass({ size: "sm" })}>
              {t.list.newest}
            </Link>
          ) : (
            <span />
          )}
          {oldest ? (
            <Link
              href={`/${locale}/admin/reports?before=${oldest}`}
              prefetch={false}
              className={buttonClass({ size: "sm" })}
            >
              {t.list.older}
            </Link>
          ) : null}
        </nav>
      </Part>
      <TrendPart locale={locale} days={query.days} />
      <div className="mt-8 grid gap-6 lg:grid-cols-2">
        <ClosesFile locale={locale} from={closes.at(-1)?.day ?? ""} to={closes[0]?.day ?? ""} />
        <CloseMailForm
          locale={locale}
          email={user.email}
          isWanted={mail !== null}
          canMail={Boolean(deps.env.smtpUrl)}
          action={wishMail}
        />
      </div>
    </>
  );
}

interface Row extends Pick<ClosedDay, "day" | "figures" | "correctionCount"> {
  readonly href: string | null;
}

function Days({ locale, label, rows }: Readonly<{ locale: Locale; label: string; rows: readonly Row[] }>) {
  const t = getMessages(locale).reports.list;
  return (
    <Table aria-label={label}>
      <thead>
        <tr>
          <HeadCell>{t.day}</HeadCell>
          <HeadCell>{t.currency}</HeadCell>
          <HeadCells names={SHOWN.map((name) => t[name])} className="text-right" />
          <HeadCell className="text-right">{t.findings}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.flatMap((row) => {
          const currencies = currenciesOf(row.figures);
          return (currencies.length > 0 ? currencies : [null]).map((currency, n) => (
            <DayRow key={`${row.day} ${currency}`} locale={locale} row={row} currency={currency} isFirst={n === 0} />
          ));
        })}
      </tbody>
    </Table>
  );
}

const openFindings = (figures: readonly Figure[]): number =>
  figures.filter(({ name }) => name === "finding_open").reduce((sum, { quantity }) => sum + Number(quantity), 0);

interface DayRowProps {
  locale: Locale;
  row: Row;
  /** Null: nothing was traded. */
  currency: string | null;
  isFirst: boolean;
}

function DayRow({ locale, row, currency, isFirst }: Readonly<DayRowProps>) {
  const t = getMessages(locale).reports.list;
  return (
    <tr className="hover:bg-sunken">
      <Cell className="figures whitespace-nowrap">
        {isFirst && row.href ? (
          <Link href={row.href} prefetch={false} className="underline underline-offset-4">
            {row.day}
          </Link>
        ) : null}
        {isFirst && !row.href ? row.day : null}
        {isFirst && row.correctionCount > 0 ? (
          <span className="block text-xs text-cinnabar">{fill(t.corrections, { count: row.correctionCount })}</span>
        ) : null}
      </Cell>
      {currency === null ? (
        <Cell colSpan={SHOWN.length + 1} className="text-faint">
          {t.nothing}
        </Cell>
      ) : (
        <>
          <Cell>{currency}</Cell>
          {SHOWN.map((name) => (
            <Cell key={name} className="text-right">
              <Amount locale={locale} figures={row.figures} name={name} currency={currency} />
            </Cell>
          ))}
        </>
      )}
      <Cell className="figures text-right">{isFirst ? formatCount(openFindings(row.figures), locale) : null}</Cell>
    </tr>
  );
}
