import Link from "next/link";
import { buttonClass } from "@/components/ui/button";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import type { WalletLine, WalletPage } from "@/lib/features/wallets/queries";
import { getMessages } from "@/lib/i18n";
import { formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

/** What there is, currency by currency. */
export function WalletFigures({ balances, locale }: Readonly<{ balances: WalletPage["balances"]; locale: Locale }>) {
  return (
    <ul className="flex flex-wrap gap-x-10 gap-y-3">
      {balances.map(({ currency, balanceMinor }) => (
        <li key={currency} className="figures text-3xl font-semibold tracking-tight">
          {formatMinor(balanceMinor.toString(), currency, locale)}
          <span className="ml-2 text-sm font-normal text-faint">{currency}</span>
        </li>
      ))}
    </ul>
  );
}

interface WalletEntriesProps {
  page: WalletPage;
  locale: Locale;
  /** The address of the list, with a query of its own where it has one. */
  path: string;
  isFirst: boolean;
}

/** How it came to it, the newest first. */
export function WalletEntries({ page, locale, path, isFirst }: Readonly<WalletEntriesProps>) {
  const t = getMessages(locale).wallets;
  const hrefOf = (before: bigint) => `${path}${path.includes("?") ? "&" : "?"}before=${before}`;
  return (
    <>
      <Table aria-label={t.entries}>
        <thead>
          <tr>
            <HeadCell>{t.columns.at}</HeadCell>
            <HeadCell className="text-right">{t.columns.amount}</HeadCell>
            <HeadCell>{t.columns.kind}</HeadCell>
            <HeadCell>{t.columns.order}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {page.lines.map((line) => (
            <Entry key={line.id.toString()} line={line} locale={locale} />
          ))}
        </tbody>
      </Table>
      <nav aria-label={t.entries} className="mt-4 flex gap-3">
        {isFirst ? null : (
          <Link href={path} prefetch={false} className={buttonClass({ size: "sm" })}>
            {t.firstPage}
          </Link>
        )}
        {page.next === null ? null : (
          <Link href={hrefOf(page.next)} prefetch={false} className={buttonClass({ size: "sm" })}>
            {t.nextPage}
          </Link>
        )}
      </nav>
    </>
  );
}

function Entry({ line, locale }: Readonly<{ line: WalletLine; locale: Locale }>) {
  const t = getMessages(locale).wallets;
  const sign = line.amountMinor > 0n ? "+" : "";
  return (
    <tr>
      <Cell className="figures whitespace-nowrap text-soft">{formatStamp(line.at, locale)}</Cell>
      <Cell className="figures whitespace-nowrap text-right">
        {sign}
        {formatMinor(line.amountMinor.toString(), line.currency, locale)}
      </Cell>
      <Cell className="whitespace-nowrap">{t.kinds[line.kind]}</Cell>
      <Cell className="figures whitespace-nowrap">{line.orderNumber ?? "—"}</Cell>
    </tr>
  );
}
