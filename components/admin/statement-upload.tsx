"use client";

import Link from "next/link";
import { useState } from "react";
import { sentenceOf } from "@/components/form/action-form";
import { Field } from "@/components/form/field";
import { FileDrop } from "@/components/form/file-drop";
import type { UploadWords } from "@/components/merchant/sent-bar";
import { Button, buttonClass } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { Mapping } from "@/lib/features/statements/schema";
import { fill, formatBytes, formatCount, inBrackets } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { MappingFields } from "./mapping-fields";
import { StatementPreview } from "./statement-preview";
import { StatementProgress } from "./statement-progress";
import type { StatementWords } from "./statement-words";
import { isPacked, useStatementPreview } from "./use-statement-preview";
import { type Refusal, useUpload } from "./use-upload";

interface StatementUploadProps {
  locale: Locale;
  accounts: readonly { readonly id: string; readonly label: string }[];
  /** When the page was made: the upload's own file is younger. */
  after: number;
  filesHref: string;
  t: StatementWords;
  bars: UploadWords;
  errors: Readonly<Record<string, string>>;
  none: string;
}

interface Report {
  readonly file: string;
  readonly rowCount: number;
  readonly knownCount: number;
  readonly rejectedCount: number;
  readonly passedCount: number;
  readonly isRepeat: boolean;
}

/** From a file to its rows: looked at first, mapped where nobody knows it, and only then stored. */
export function StatementUpload(props: Readonly<StatementUploadProps>) {
  const { locale, accounts, after, filesHref, t, bars, errors, none } = props;
  const [account, setAccount] = useState(accounts[0]?.id ?? "");
  const [file, setFile] = useState<File | null>(null);
  const [mapping, setMapping] = useState<Mapping | null>(null);
  const preview = useStatementPreview();
  const upload = useUpload<Report>("/api/admin/statements");
  const isBusy = upload.state.phase === "sending";

  const choose = (chosen: File | null, of = account) => {
    setFile(chosen);
    setMapping(null);
    if (upload.state.phase !== "sending") upload.reset();
    if (chosen) void preview.look(chosen, of, null);
    else preview.forget();
  };
  const send = async () => {
    if (!file) return;
    const query = { account, name: file.name.slice(0, 200), ...(mapping ? { mapping: JSON.stringify(mapping) } : {}) };
    const progress = { account, after: String(after) };
    upload.send({ content: file, query, progress, isPacked: await isPacked(file) });
  };

  if (upload.state.phase === "done")
    return <Done report={upload.state.report} {...{ locale, filesHref, t, bars }} onAnother={() => choose(null)} />;
  const { state } = preview;
  const seen = state.phase === "seen" ? state.answer : null;
  const columns = seen?.suggested?.columns ?? null;
  const draft = mapping ?? seen?.suggested?.mapping ?? null;
  const canSend = seen !== null && seen.refused === null && seen.rows.length > 0;
  return (
    <div className="nojs:hidden max-w-3xl space-y-5">
      {upload.state.phase === "failed" ? <Failure refusal={upload.state} {...{ t, errors }} /> : null}
      <Field id="account" label={t.uploadPage.account}>
        <Select
          id="account"
          value={account}
          disabled={isBusy}
          onChange={(event) => {
            setAccount(event.target.value);
            choose(file, event.target.value);
          }}
        >
          {accounts.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      <FileDrop
        label={t.uploadPage.file}
        accept=".csv,.txt,.zip,.gz"
        disabled={isBusy}
        onFile={(chosen) => choose(chosen)}
        className="min-h-28"
      >
        {file ? `${file.name}${inBrackets(formatBytes(file.size), locale)}` : t.uploadPage.drop}
      </FileDrop>
      {state.phase === "looking" ? <p role="status">{t.uploadPage.looking}</p> : null}
      {state.phase === "failed" ? <Failure refusal={state} {...{ t, errors }} /> : null}
      {columns && draft && file ? (
        <MappingFields
          columns={columns}
          mapping={draft}
          disabled={isBusy}
          t={t.uploadPage}
          onChange={setMapping}
          onPreview={(ready) => {
            setMapping(ready);
            void preview.look(file, account, ready);
          }}
        />
      ) : null}
      {seen ? <StatementPreview answer={seen} {...{ locale, t, none }} /> : null}
      {upload.state.phase === "sending" ? (
        <StatementProgress
          progress={upload.state}
          locale={locale}
          t={{ ...bars, waiting: t.uploadPage.checking }}
          onCancel={upload.cancel}
        />
      ) : (
        <Button variant="seal" disabled={!canSend} onClick={() => void send()}>
          {t.uploadPage.send}
        </Button>
      )}
    </div>
  );
}

interface DoneProps extends Pick<StatementUploadProps, "locale" | "filesHref" | "t" | "bars"> {
  report: Report;
  onAnother: () => void;
}

function Done({ report, locale, filesHref, t, bars, onAnother }: Readonly<DoneProps>) {
  const count = (value: number) => formatCount(value, locale);
  const counts = {
    rows: count(report.rowCount),
    known: count(report.knownCount),
    passed: count(report.passedCount),
    rejected: count(report.rejectedCount),
  };
  return (
    <Notice role="status" title={report.isRepeat ? t.uploadPage.repeat : t.uploadPage.done}>
      <p>{fill(t.uploadPage.report, counts)}</p>
      <p className="mt-3 flex flex-wrap gap-2">
        <Link href={`${filesHref}/${report.file}`} className={buttonClass({ variant: "seal", size: "sm" })}>
          {t.uploadPage.toFile}
        </Link>
        <Button size="sm" onClick={onAnother}>
          {bars.another}
        </Button>
      </p>
    </Notice>
  );
}

function Failure({
  refusal: { code, reason, line },
  t,
  errors,
}: Readonly<{ refusal: Refusal; t: StatementWords; errors: Readonly<Record<string, string>> }>) {
  const failures: Readonly<Record<string, string>> = t.failures;
  const why = failures[reason ?? ""] ?? failures[code];
  const words = line ? t.uploadPage.refusedAt : t.uploadPage.refused;
  return (
    <Notice tone="seal" role="alert">
      {code === "cancelled"
        ? t.uploadPage.cancelled
        : why
          ? fill(words, { reason: why, line: line ?? 0 })
          : sentenceOf(errors, code)}
    </Notice>
  );
}
