import Link from "next/link";
import { Part } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import type { Figure } from "@/lib/features/reports/rules";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { Change } from "./figure-cells";

interface ChangesProps {
  locale: Locale;
  title: string;
  note?: string;
  /** The head of the column with the other day. */
  column?: string;
  changes: readonly { readonly figure: Figure; readonly day?: string }[];
}

/** By how much figures differ, each with the day that it is about or in which it stands. */
export function Changes({ locale, title, note, column, changes }: Readonly<ChangesProps>) {
  const { reports, admin } = getMessages(locale);
  const labelOf = ({ amountMinor, label }: Figure) =>
    amountMinor === null ? wordOf(admin.findings.kinds, label) : label;
  return (
    <Part title={title} {...(note === undefined ? {} : { note })}>
      <Table aria-label={title}>
        <thead>
          <tr>
            {column ? <HeadCell>{column}</HeadCell> : null}
            <HeadCell>{reports.day.figure}</HeadCell>
            <HeadCell>{reports.file.columns.label}</HeadCell>
            <HeadCell className="text-right">{reports.day.amount}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ figure, day }) => (
            <tr key={`${day} ${figure.name} ${figure.merchantId} ${figure.label}`}>
              {column ? (
                <Cell className="figures whitespace-nowrap">
                  <Link
                    href={`/${locale}/admin/reports/${day}`}
                    prefetch={false}
                    className="underline underline-offset-4"
                  >
                    {day}
                  </Link>
                </Cell>
              ) : null}
              <Cell>{wordOf(reports.figures, figure.name)}</Cell>
              <Cell>{labelOf(figure)}</Cell>
              <Cell className="text-right">
                <Change locale={locale} figure={figure} />
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Part>
  );
}
