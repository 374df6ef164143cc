import Link from "next/link";
import { PageHead, QuietLink } from "@/components/merchant/page-head";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import type { CloseView as Close } from "@/lib/features/reports/queries";
import { currenciesOf, type Figure, figureOf, MONEY_FIGURES } from "@/lib/features/reports/rules";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { Changes } from "./close-changes";
import { CloseFindings } from "./close-findings";
import { CloseMerchants } from "./close-merchants";
import { ClosesFile } from "./report-forms";

interface CloseViewProps {
  locale: Locale;
  view: Close;
}

/** One closed day: its frozen figures, whether they still agree, and what was corrected. */
export function CloseView({ locale, view }: Readonly<CloseViewProps>) {
  const t = getMessages(locale).reports.day;
  const { close, figures, merchants, corrections, corrected, differences } = view;
  const at = (moment: Date) => formatStamp(moment, locale);
  const currencies = currenciesOf(figures);
  return (
    <>
      <PageHead
        title={fill(t.title, { day: close.day })}
        lead={fill(t.lead, { from: at(close.beginsAt), until: at(close.endsAt), at: at(close.closedAt) })}
      >
        <Beside locale={locale} view={view} />
      </PageHead>
      <Standing locale={locale} view={view} />
      {currencies.length === 0 ? <p className="mt-6 text-soft">{t.nothing}</p> : null}
      <div className="mt-6 grid gap-x-10 gap-y-6 lg:grid-cols-2">
        {currencies.map((currency) => (
          <Money key={currency} locale={locale} figures={figures} currency={currency} />
        ))}
      </div>
      {differences.length > 0 ? (
        <Changes locale={locale} title={t.differences} changes={differences.map((figure) => ({ figure }))} />
      ) : null}
      {merchants.length > 0 ? <CloseMerchants locale={locale} view={view} /> : null}
      <CloseFindings locale={locale} figures={figures} />
      {corrections.length > 0 ? (
        <Changes
          locale={locale}
          title={t.corrections}
          note={t.correctionsNote}
          column={t.ofDay}
          changes={corrections.map((figure) => ({ figure, day: figure.ofDay }))}
        />
      ) : null}
      {corrected.length > 0 ? (
        <Changes
          locale={locale}
          title={t.corrected}
          column={t.inClose}
          changes={corrected.map((figure) => ({ figure, day: figure.day }))}
        />
      ) : null}
      <div className="mt-8 max-w-xl">
        <ClosesFile locale={locale} from={close.day} to={close.day} />
      </div>
    </>
  );
}

function Beside({ locale, view }: Readonly<CloseViewProps>) {
  const t = getMessages(locale).reports.day;
  const to = (day: string | null, label: string) =>
    day === null ? null : (
      <Link href={`/${locale}/admin/reports/${day}`} prefetch={false} className={buttonClass({ size: "sm" })}>
        {label}
      </Link>
    );
  return (
    <>
      {to(view.before, t.before)}
      {to(view.after, t.after)}
      <QuietLink href={`/${locale}/admin/reports`}>{t.all}</QuietLink>
    </>
  );
}

/** Whether the same sums still give the same, and whether the rows are those that were frozen. */
function Standing({ locale, view }: Readonly<CloseViewProps>) {
  const t = getMessages(locale).reports.day;
  const { close, differences, isIntact } = view;
  const isGood = isIntact && differences.length === 0;
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  return (
    <Notice tone={isGood ? "plain" : "seal"}>
      <p>{differences.length === 0 ? t.agrees : fill(t.differs, { count: differences.length })}</p>
      <p>{isIntact ? t.intact : t.broken}</p>
      <p className="mt-2 text-xs wrap-anywhere text-faint">
        {t.hash} <span className="secret-text">{hex(close.hash)}</span>
        <br />
        {t.previousHash} <span className="secret-text">{hex(close.previousHash)}</span>
      </p>
    </Notice>
  );
}

interface MoneyProps {
  locale: Locale;
  figures: readonly Figure[];
  currency: string;
}

function Money({ locale, figures, currency }: Readonly<MoneyProps>) {
  const { figures: words, day: t } = getMessages(locale).reports;
  return (
    <section className="min-w-0">
      <h2 className="mb-2 text-base font-semibold">{currency}</h2>
      <Table aria-label={currency}>
        <thead>
          <tr>
            <HeadCell>{t.figure}</HeadCell>
            <HeadCell className="text-right">{t.quantity}</HeadCell>
            <HeadCell className="text-right">{t.amount}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {MONEY_FIGURES.map((name) => {
            const { quantity, amountMinor } = figureOf(figures, name, currency);
            return (
              <tr key={name}>
                <Cell>{words[name]}</Cell>
                <Cell className="figures text-right">{formatCount(Number(quantity), locale)}</Cell>
                <Cell className="figures whitespace-nowrap text-right">
                  {formatMinor(amountMinor.toString(), currency, locale)}
                </Cell>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </section>
  );
}
