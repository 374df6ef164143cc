"use client";

import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, HeadCells, Table } from "@/components/ui/table";
import { fill, formatCount, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { StatementWords } from "./statement-words";
import type { PreviewAnswer } from "./use-statement-preview";

interface StatementPreviewProps {
  answer: PreviewAnswer;
  locale: Locale;
  t: StatementWords;
  none: string;
}

const wordOf = (words: Readonly<Record<string, string>>, value: string): string => words[value] ?? value;

/** What a file was taken for: its first rows as they would be kept, and the lines that cannot be read. */
export function StatementPreview({ answer, locale, t, none }: Readonly<StatementPreviewProps>) {
  const { format, encoding, rows, rejects, refused } = answer;
  const words = t.uploadPage;
  return (
    <div className="space-y-4" aria-live="polite">
      {format ? (
        <p className="text-sm">
          {fill(words.recognised, { format: wordOf(t.formats, format), encoding: encoding.toUpperCase() })}
        </p>
      ) : (
        <Notice>{words.unrecognised}</Notice>
      )}
      {refused ? (
        <Notice tone="seal" role="alert">
          {fill(words.refusedAt, { line: refused.line, reason: wordOf(t.failures, refused.reason) })}
        </Notice>
      ) : null}
      {rows.length > 0 ? (
        <div>
          <h2 className="mb-2 text-sm font-semibold">{words.first}</h2>
          <Table aria-label={words.first}>
            <thead>
              <tr>
                <HeadCells names={[t.file.kind, t.file.at]} />
                <HeadCell className="text-right">{t.file.amount}</HeadCell>
                <HeadCells names={[t.file.orderNo, t.file.tradeNo]} />
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, 5).map((row) => (
                <tr key={`${row.line}/${row.kind}`}>
                  <Cell>{wordOf(t.kinds, row.kind)}</Cell>
                  <Cell className="figures whitespace-nowrap">{formatStamp(new Date(row.occurredAt), locale)}</Cell>
                  <Cell className="figures whitespace-nowrap text-right">
                    {formatMinor(row.amountMinor, row.currency, locale)}
                  </Cell>
                  <Cell className="secret-text text-xs">{row.outTradeNo ?? none}</Cell>
                  <Cell className="secret-text text-xs">{row.gatewayTradeNo || none}</Cell>
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      ) : null}
      {rejects.length > 0 ? (
        <div>
          <h2 className="mb-2 text-sm font-semibold">{words.rejectedFirst}</h2>
          <ul className="space-y-1 text-sm">
            {rejects.slice(0, 5).map(({ line, reason, content }) => (
              <li key={line}>
                {fill(t.file.refusedLine, { line: formatCount(line, locale) })}
                {wordOf(t.rejects, reason)}
                <span className="secret-text block truncate text-xs text-faint">{content}</span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}
