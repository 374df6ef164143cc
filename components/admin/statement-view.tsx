import { notFound } from "next/navigation";
import { Facts, PageHead, Part } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { type FileDetail, findStatementFile } from "@/lib/features/statements/queries";
import type { StatementRowQuery } from "@/lib/features/statements/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatBytes, formatCount, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { StatementRows } from "./statement-rows";
import { FileStateBadge, type FileSums } from "./statements-view";

interface StatementViewProps {
  readonly locale: Locale;
  readonly viewer: Extract<Viewer, { kind: "admin" }>;
  readonly fileId: string;
  readonly query: StatementRowQuery;
}

interface PartProps {
  readonly file: FileDetail;
  readonly locale: Locale;
}

/** One file: what it is, whether it adds up, its rows, and the lines that are none. */
export async function StatementView({ locale, viewer, fileId, query }: StatementViewProps) {
  const file = await findStatementFile(getDeps(), viewer, fileId);
  if (!file) notFound();
  const { statements } = getMessages(locale);
  const t = statements.file;
  const lead = `${wordOf(statements.formats, file.format)} · ${file.accountId}`;
  return (
    <>
      <PageHead title={file.day ? fill(t.title, { day: file.day }) : t.noDay} lead={lead}>
        <FileStateBadge state={file.state} locale={locale} />
      </PageHead>
      {file.failure ? (
        <Notice tone="seal" title={t.refusedTitle} className="mb-6">
          {file.failureLine ? fill(t.refusedLine, { line: formatCount(file.failureLine, locale) }) : ""}
          {wordOf(statements.failures, file.failure)}
        </Notice>
      ) : null}
      {file.state === "reading" ? <Notice className="mb-6">{t.notCounted}</Notice> : null}
      <Part title={t.facts}>
        <Facts facts={factsOf(file, locale)} />
      </Part>
      <Control file={file} locale={locale} />
      <Sums file={file} locale={locale} />
      <Part title={t.rowsTitle}>
        <StatementRows locale={locale} viewer={viewer} file={file} query={query} />
      </Part>
      <Part title={t.rejects} note={t.rejectsNote}>
        <Rejects file={file} locale={locale} />
      </Part>
    </>
  );
}

function factsOf(file: FileDetail, locale: Locale): (readonly [string, React.ReactNode])[] {
  const { statements, staff } = getMessages(locale);
  const [t, { none }] = [statements.file, staff.table];
  const stamp = (at: Date | null) => (at ? formatStamp(at, locale) : none);
  const count = (value: number) => formatCount(value, locale);
  return [
    [t.rows, count(file.rowCount)],
    [t.known, count(file.knownCount)],
    [t.passed, count(file.passedCount)],
    [t.rejected, count(file.rejectedCount)],
    [t.period, file.firstAt ? `${stamp(file.firstAt)} – ${stamp(file.lastAt)}` : none],
    [t.name, file.name || none],
    [t.size, file.byteCount > 0n ? formatBytes(Number(file.byteCount)) : none],
    [t.by, file.appUser?.email ?? t.system],
    [t.since, stamp(file.createdAt)],
    [t.until, stamp(file.finishedAt)],
    ...(file.sha256
      ? [
          [
            t.sha256,
            <span key="sha256" className="secret-text text-xs break-all">
              {file.sha256}
            </span>,
          ] as const,
        ]
      : []),
  ];
}

type Control = { readonly stated?: Record<string, string>; readonly counted?: Record<string, string> };

function Control({ file, locale }: Readonly<PartProps>) {
  const t = getMessages(locale).statements.file;
  const { stated = {}, counted = {} } = file.control as Control;
  const names = Object.keys(stated);
  if (names.length === 0) return null;
  return (
    <Part title={t.control} note={t.controlNote}>
      <Table aria-label={t.control}>
        <thead>
          <tr>
            <HeadCell>
              <span className="sr-only">{t.kind}</span>
            </HeadCell>
            <HeadCell className="text-right">{t.stated}</HeadCell>
            <HeadCell className="text-right">{t.counted}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <Cell>{wordOf(t.figures, name)}</Cell>
              <Cell className="figures text-right">{stated[name]}</Cell>
              <Cell className="figures text-right">{counted[name]}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Part>
  );
}

function Sums({ file, locale }: Readonly<PartProps>) {
  const { statements } = getMessages(locale);
  const t = statements.file;
  const sums = Object.entries(file.sums as FileSums).flatMap(([currency, kinds]) =>
    Object.entries(kinds).map(([kind, sum]) => ({ currency, kind, ...sum })),
  );
  if (sums.length === 0) return null;
  return (
    <Part title={t.sums}>
      <Table aria-label={t.sums}>
        <thead>
          <tr>
            <HeadCell>{t.kind}</HeadCell>
            <HeadCell className="text-right">{t.count}</HeadCell>
            <HeadCell className="text-right">{t.amount}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {sums.map(({ currency, kind, count, amountMinor }) => (
            <tr key={`${currency}/${kind}`}>
              <Cell>{wordOf(statements.kinds, kind)}</Cell>
              <Cell className="figures text-right">{formatCount(count, locale)}</Cell>
              <Cell className="figures text-right">{formatMinor(amountMinor, currency, locale)}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Part>
  );
}

function Rejects({ file, locale }: Readonly<PartProps>) {
  const { statements } = getMessages(locale);
  const t = statements.file;
  if (file.rejects.length === 0) return <p className="text-sm text-soft">{t.rejectsNone}</p>;
  const address = `/api/admin/statements/${toPublicId("statement", file.id)}/rejected?locale=${locale}`;
  return (
    <div className="space-y-3">
      <a href={address} download className={buttonClass({ size: "sm" })}>
        {t.download}
      </a>
      <div className="max-h-96 overflow-y-auto">
        <Table aria-label={t.rejects}>
          <thead>
            <tr>
              <HeadCell className="w-24">{t.line}</HeadCell>
              <HeadCell>{t.reason}</HeadCell>
              <HeadCell>{t.content}</HeadCell>
            </tr>
          </thead>
          <tbody>
            {file.rejects.map(({ line, reason, content }) => (
              <tr key={line}>
                <Cell className="figures">{formatCount(line, locale)}</Cell>
                <Cell className="min-w-40">{wordOf(statements.rejects, reason)}</Cell>
                <Cell className="secret-text min-w-64 text-xs break-all">{content.slice(0, 300)}</Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </div>
  );
}
