import { Cell, HeadCell, Table } from "@/components/ui/table";
import type { MoveRow } from "@/lib/features/inventory/queries";
import { getMessages } from "@/lib/i18n";
import { formatCount, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { Part } from "./page-head";

/** Who put cards of a batch aside, returned or withdrew them, when and why. */
export function MovesTable({ locale, rows }: Readonly<{ locale: Locale; rows: readonly MoveRow[] }>) {
  const { batch, moves: t } = getMessages(locale).life;
  if (rows.length === 0) return null;
  return (
    <Part title={t.title} note={t.leftNote}>
      <Table aria-label={t.title}>
        <thead>
          <tr>
            <HeadCell>{t.at}</HeadCell>
            <HeadCell>{t.what}</HeadCell>
            <HeadCell className="text-right">{t.cards}</HeadCell>
            <HeadCell className="text-right">{t.left}</HeadCell>
            <HeadCell>{t.reason}</HeadCell>
            <HeadCell>{t.by}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <Cell className="figures whitespace-nowrap text-soft">{formatStamp(row.at, locale)}</Cell>
              <Cell className="whitespace-nowrap">
                {batch.kinds[row.kind]}
                {row.isWhole ? <span className="block text-xs text-faint">{t.whole}</span> : null}
              </Cell>
              <Cell className="figures text-right">
                {formatCount(row.cards, locale)}
                {row.isFinished ? null : <span className="block text-xs text-cinnabar">{t.unfinished}</span>}
              </Cell>
              <Cell className="figures text-right">{formatCount(row.left, locale)}</Cell>
              <Cell className="min-w-40 break-words">{row.reason}</Cell>
              <Cell className="text-soft">{row.email ?? t.platform}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Part>
  );
}
