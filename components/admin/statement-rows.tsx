import { ListFrame } from "@/components/merchant/list-frame";
import { wordOf } from "@/components/merchant/state-badges";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, HeadCells, Table } from "@/components/ui/table";
import { type FileDetail, listStatementRows, type RowRow } from "@/lib/features/statements/queries";
import { STATEMENT_KINDS } from "@/lib/features/statements/rules";
import type { StatementRowQuery } from "@/lib/features/statements/schema";
import { getMessages } from "@/lib/i18n";
import { formatCount, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";

interface StatementRowsProps {
  readonly locale: Locale;
  readonly viewer: Extract<Viewer, { kind: "admin" }>;
  readonly file: Pick<FileDetail, "id" | "accountId" | "columns">;
  readonly query: StatementRowQuery;
}

/** The rows of one file in its own order, by kind and by number. */
export async function StatementRows({ locale, viewer, file, query }: StatementRowsProps) {
  const { statements } = getMessages(locale);
  const t = statements.file;
  const { id: fileId, accountId } = file;
  const { rows, page, hasMore } = await listStatementRows(getDeps(), viewer, { ...query, fileId, accountId });
  return (
    <ListFrame
      locale={locale}
      path={`/${locale}/admin/statements/${toPublicId("statement", fileId)}`}
      search={{ value: query.q, hint: t.rowsSearch }}
      filters={[
        {
          name: "kind",
          label: t.kind,
          value: query.kind ?? "",
          options: STATEMENT_KINDS.map((kind) => [kind, statements.kinds[kind]] as const),
        },
      ]}
      page={page}
      hasMore={hasMore}
      isEmpty={rows.length === 0}
      empty={{ title: t.rowsEmpty, text: "" }}
      none={{ title: t.rowsNone, text: "" }}
    >
      <RowTable locale={locale} rows={rows} columns={file.columns} />
    </ListFrame>
  );
}

function RowTable({
  locale,
  rows,
  columns,
}: Readonly<{ locale: Locale; rows: readonly RowRow[]; columns: readonly string[] }>) {
  const t = getMessages(locale).statements.file;
  return (
    <Table aria-label={t.rowsTitle}>
      <thead>
        <tr>
          <HeadCell className="text-right">{t.line}</HeadCell>
          <HeadCells names={[t.kind, t.at]} />
          <HeadCells names={[t.amount, t.fee]} className="text-right" />
          <HeadCells names={[t.orderNo, t.tradeNo, t.refundNo, t.status, t.raw]} />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <RowLine key={`${row.line}/${row.kind}`} locale={locale} row={row} columns={columns} />
        ))}
      </tbody>
    </Table>
  );
}

function RowLine({ locale, row, columns }: Readonly<{ locale: Locale; row: RowRow; columns: readonly string[] }>) {
  const { statements } = getMessages(locale);
  return (
    <tr className="hover:bg-sunken">
      <Cell className="figures text-right text-faint">{formatCount(row.line, locale)}</Cell>
      <Cell>
        <Badge tone={row.kind === "payment" ? "plain" : "strong"}>{wordOf(statements.kinds, row.kind)}</Badge>
      </Cell>
      <Cell className="figures whitespace-nowrap text-soft">{formatStamp(row.occurredAt, locale)}</Cell>
      <Cell className="figures whitespace-nowrap text-right">
        {formatMinor(row.amountMinor.toString(), row.currency, locale)}
      </Cell>
      <Cell className="figures whitespace-nowrap text-right text-soft">{row.fee}</Cell>
      <Cell className="secret-text text-xs">{row.outTradeNo}</Cell>
      <Cell className="secret-text text-xs">{row.gatewayTradeNumber}</Cell>
      <Cell className="secret-text text-xs">{row.refundNumber ?? row.gatewayRefundNumber}</Cell>
      <Cell className="whitespace-nowrap">{row.status}</Cell>
      <Cell className="min-w-28">
        <details>
          <summary className="underline underline-offset-4">{statements.file.raw}</summary>
          <pre className="secret-text mt-1 max-w-md text-xs whitespace-pre-wrap">{rawOf(row.raw, columns)}</pre>
        </details>
      </Cell>
    </tr>
  );
}

/** The row as it stands in its file, each cell under its column's name; what is empty is left away. */
function rawOf(raw: unknown, columns: readonly string[]): string {
  if (!Array.isArray(raw)) return JSON.stringify(raw, null, 1);
  return raw.flatMap((cell, at) => (cell === "" ? [] : [`${columns[at] ?? at + 1}: ${cell}`])).join("\n");
}
