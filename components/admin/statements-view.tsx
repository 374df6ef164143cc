import Link from "next/link";
import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";
import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead, Part } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { inLocale } from "@/components/merchant/view";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Cell, HeadCells, Table } from "@/components/ui/table";
import { type FileRow, listStatementDays, listStatementFiles } from "@/lib/features/statements/queries";
import { FILE_STATES, type StatementListQuery } from "@/lib/features/statements/schema";
import { listStatementAccounts } from "@/lib/flows/statement-accounts";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { StatementDays } from "./statement-days";

interface StatementsViewProps {
  readonly locale: Locale;
  readonly viewer: Extract<Viewer, { kind: "admin" }>;
  readonly query: StatementListQuery;
  readonly askForDay: ComponentProps<typeof ActionForm>["action"];
}

type Account = Awaited<ReturnType<typeof listStatementAccounts>>[number];

/** The gateways' own books: which days there are and which are missing, and every file with what became of it. */
export async function StatementsView({ locale, viewer, query, askForDay }: StatementsViewProps) {
  const { statements: t } = getMessages(locale);
  const deps = getDeps();
  const accounts = await listStatementAccounts(deps);
  const now = deps.clock.now();
  const [{ rows, page, hasMore }, ...days] = await Promise.all([
    listStatementFiles(deps, viewer, query),
    ...accounts
      .filter(({ isFetched }) => isFetched)
      .map(async (account) => ({
        account,
        days: await listStatementDays(deps, viewer, { accountId: account.id, gateway: account.kind, now }),
      })),
  ]);
  return (
    <>
      <PageHead title={t.title} lead={t.lead}>
        <Link href={`/${locale}/admin/statements/upload`} className={buttonClass({ variant: "seal", size: "sm" })}>
          {t.upload}
        </Link>
      </PageHead>
      <Part title={fill(t.days.title, { count: limits.statementDaysShown })} note={t.days.note}>
        {days.length === 0 ? <p className="text-sm text-soft">{t.days.none}</p> : null}
        <div className="space-y-4">
          {days.map(({ account, days: of }) => (
            <StatementDays
              key={account.id}
              locale={locale}
              accountId={account.id}
              title={titleOf(account, locale)}
              days={of}
              ask={askForDay}
            />
          ))}
        </div>
      </Part>
      <Part title={t.files.title}>
        <ListFrame
          locale={locale}
          path={`/${locale}/admin/statements`}
          filters={[
            {
              name: "account",
              label: t.files.account,
              value: query.account ?? "",
              options: accounts.map((account) => [account.id, titleOf(account, locale)] as const),
            },
            {
              name: "state",
              label: t.files.state,
              value: query.state ?? "",
              options: FILE_STATES.map((state) => [state, t.files.states[state]] as const),
            },
          ]}
          page={page}
          hasMore={hasMore}
          isEmpty={rows.length === 0}
          empty={{ title: t.files.emptyTitle, text: t.files.emptyText }}
          none={{ title: t.files.noneTitle, text: "" }}
        >
          <FileTable locale={locale} rows={rows} accounts={accounts} />
        </ListFrame>
      </Part>
    </>
  );
}

const titleOf = ({ id, titleZh, titleEn }: Account, locale: Locale): string =>
  `${inLocale(locale, titleZh, titleEn)} · ${id}`;

const TONES: Readonly<Record<string, BadgeTone>> = { kept: "strong", refused: "seal", reading: "plain" };

export function FileStateBadge({ state, locale }: Readonly<{ state: string; locale: Locale }>) {
  return <Badge tone={TONES[state] ?? "muted"}>{wordOf(getMessages(locale).statements.files.states, state)}</Badge>;
}

function FileTable({
  locale,
  rows,
  accounts,
}: Readonly<{ locale: Locale; rows: readonly FileRow[]; accounts: readonly Account[] }>) {
  const { title, columns: t } = getMessages(locale).statements.files;
  return (
    <Table aria-label={title}>
      <thead>
        <tr>
          <HeadCells names={[t.at, t.account, t.day, t.format, t.source, t.state]} />
          <HeadCells names={[t.rows, t.paid, t.refunded, t.rejected]} className="text-right" />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <FileLine key={row.id} locale={locale} row={row} account={accounts.find(({ id }) => id === row.accountId)} />
        ))}
      </tbody>
    </Table>
  );
}

function FileLine({ locale, row, account }: Readonly<{ locale: Locale; row: FileRow; account: Account | undefined }>) {
  const { statements: t, staff } = getMessages(locale);
  const { none } = staff.table;
  return (
    <tr className="hover:bg-sunken">
      <Cell className="figures whitespace-nowrap">
        <Link
          href={`/${locale}/admin/statements/${toPublicId("statement", row.id)}`}
          prefetch={false}
          className="underline decoration-line underline-offset-4 hover:decoration-ink"
        >
          {formatStamp(row.createdAt, locale)}
        </Link>
      </Cell>
      <Cell className="min-w-32">{account ? titleOf(account, locale) : row.accountId}</Cell>
      <Cell className="figures whitespace-nowrap">{row.day ?? periodOf(row, locale) ?? none}</Cell>
      <Cell className="min-w-32">{wordOf(t.formats, row.format)}</Cell>
      <Cell className="whitespace-nowrap">{wordOf(t.files.sources, row.source)}</Cell>
      <Cell>
        <FileStateBadge state={row.state} locale={locale} />
        {row.failure ? <p className="mt-1 min-w-40 text-xs text-soft">{wordOf(t.failures, row.failure)}</p> : null}
      </Cell>
      <Cell className="figures text-right">{formatCount(row.rowCount, locale)}</Cell>
      <Cell className="figures whitespace-nowrap text-right">{sumOf(row.sums, "payment", locale) || none}</Cell>
      <Cell className="figures whitespace-nowrap text-right">{sumOf(row.sums, "refund", locale) || none}</Cell>
      <Cell className="figures text-right">{formatCount(row.rejectedCount, locale)}</Cell>
    </tr>
  );
}

const periodOf = ({ firstAt, lastAt }: FileRow, locale: Locale): string | null => {
  const dayOf = (at: Date) => formatStamp(at, locale).replace(/,? \d\d:\d\d$/, "");
  if (!firstAt || !lastAt) return null;
  return dayOf(firstAt) === dayOf(lastAt) ? dayOf(firstAt) : `${dayOf(firstAt)} – ${dayOf(lastAt)}`;
};

/** The sums of a file as its row holds them: by currency, then by kind. */
export type FileSums = Readonly<
  Record<string, Readonly<Record<string, { readonly count: number; readonly amountMinor: string }>>>
>;

const sumOf = (sums: unknown, kind: string, locale: Locale): string =>
  Object.entries(sums as FileSums)
    .flatMap(([currency, kinds]) => (kinds[kind] ? [formatMinor(kinds[kind].amountMinor, currency, locale)] : []))
    .join(" + ");
