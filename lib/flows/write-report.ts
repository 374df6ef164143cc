import { readFiguresOf } from "@/lib/features/reports/queries";
import type { ClosesFileForm } from "@/lib/features/reports/schema";
import { readStatement, type StatementDay } from "@/lib/features/reports/statement";
import { getMessages } from "@/lib/i18n";
import { SHOP_TIME_ZONE } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { isCurrency, money, toDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Proven } from "@/lib/kernel/viewer";
import { type AuditDraft, recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { csvLine } from "@/lib/platform/table-file";

/** A table that spreadsheets open and in which nothing computes. */
export interface ReportFile {
  readonly name: string;
  readonly text: string;
}

const tableOf = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  `\ufeff${[header, ...rows].map(csvLine).join("")}`;

const decimalOf = (minor: bigint | null, currency: string): string =>
  minor === null || !isCurrency(currency) ? "" : toDecimal(money(minor, currency));

const wordOf = (words: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(words, name) ? (words[name] as string) : name;

/** Whoever takes a file away is on record before it leaves. */
async function record(deps: Deps, draft: AuditDraft): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await recordAudit(tx, draft);
    return ok(null);
  });
}

/** The frozen figures of a span of days, a row for each, corrections behind the figures of the day in which they stand. */
export async function writeCloses(
  deps: Deps,
  viewer: Proven,
  { from, to, locale }: ClosesFileForm & { locale: Locale },
): Promise<Result<ReportFile, "not_allowed">> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const { reports, admin } = getMessages(locale);
  const figures = await readFiguresOf(deps, { from, to });
  const { columns } = reports.file;
  const text = tableOf(
    [columns.day, columns.ofDay, columns.merchant, columns.figure, columns.label, columns.quantity, columns.amount],
    figures.map(({ day, ofDay, merchant, name, label, quantity, amountMinor }) => [
      day,
      ofDay ?? "",
      merchant,
      wordOf(reports.figures, name),
      amountMinor === null ? wordOf(admin.findings.kinds, label) : label,
      String(quantity),
      decimalOf(amountMinor, label),
    ]),
  );
  await record(deps, {
    actor: viewer,
    action: "report.closes_exported",
    subjectKind: "report",
    subjectId: `${from} ${to}`,
    detail: { from, to, rows: figures.length },
  });
  return ok({ name: `closes-${from}-${to}.csv`, text });
}

/** A merchant's month, a row for each day and currency. */
export async function writeStatement(
  deps: Deps,
  viewer: Proven,
  { merchantId, month, locale }: { merchantId: string; month: string; locale: Locale },
): Promise<Result<ReportFile, "not_found">> {
  const statement = await readStatement(deps, viewer, { merchantId, month, timeZone: SHOP_TIME_ZONE });
  if (!statement) return err("not_found");
  const t = getMessages(locale).reports.statement;
  const rows = statement.currencies.flatMap(({ currency, openingMinor, days }) => [
    [t.opening, currency, "", "", "", "", "", "", decimalOf(openingMinor, currency)],
    ...days.map((day) => cellsOf(day, currency)),
  ]);
  const { day, currency, orders, revenue, received, refunded, direct, correction, balance } = t.columns;
  const text = tableOf([day, currency, orders, revenue, received, refunded, direct, correction, balance], rows);
  await record(deps, {
    actor: viewer,
    action: "report.statement_exported",
    subjectKind: "merchant",
    subjectId: merchantId,
    merchantId,
    detail: { month },
  });
  return ok({ name: `statement-${month}.csv`, text });
}

const cellsOf = (day: StatementDay, currency: string): string[] => [
  day.day,
  currency,
  String(day.orders),
  ...[
    day.revenueMinor,
    day.receivedMinor,
    day.refundedMinor,
    day.directMinor,
    day.correctionMinor,
    day.balanceMinor,
  ].map((minor) => decimalOf(minor, currency)),
];
