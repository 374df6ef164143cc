"use client";

import Link from "next/link";
import { useState } from "react";
import { sentenceOf } from "@/components/form/action-form";
import { Field } from "@/components/form/field";
import { FileDrop } from "@/components/form/file-drop";
import { Button, buttonClass } from "@/components/ui/button";
import { Input, Select, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { fill, formatBytes, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { UploadProgress, type UploadWords } from "./upload-progress";
import { useUpload } from "./use-upload";

export interface UploadChoice {
  readonly id: string;
  readonly label: string;
}

interface Report {
  readonly batch: string;
  readonly lines: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
}

interface UploadFormProps {
  locale: Locale;
  choices: readonly UploadChoice[];
  chosen: string;
  /** The newest batch there was when the page was made: the upload's own has a higher number. */
  after: string;
  batchesHref: string;
  t: UploadWords;
  errors: Readonly<Record<string, string>>;
}

/** Sends a file or a paste as it is, and tells apart what has left this device and what the shop has stored. */
export function UploadForm({ locale, choices, chosen, after, batchesHref, t, errors }: Readonly<UploadFormProps>) {
  const [variantId, setVariantId] = useState(chosen || (choices[0]?.id ?? ""));
  const [note, setNote] = useState("");
  const [mode, setMode] = useState<"file" | "paste">("file");
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState("");
  const upload = useUpload<Report>("/api/merchant/batches");
  const isBusy = upload.state.phase === "sending";
  const content = mode === "file" ? file : text.trim() === "" ? null : new Blob([text]);
  if (upload.state.phase === "done") {
    const { report } = upload.state;
    return (
      <Notice role="status" title={report.accepted > 0 ? t.done : t.doneNone}>
        <p>{fill(t.report, countsOf(report, locale))}</p>
        <p className="mt-3 flex flex-wrap gap-2">
          <Link href={`${batchesHref}/${report.batch}`} className={buttonClass({ variant: "seal", size: "sm" })}>
            {t.toBatch}
          </Link>
          <Button size="sm" onClick={upload.reset}>
            {t.another}
          </Button>
        </p>
      </Notice>
    );
  }
  return (
    <div className="max-w-2xl space-y-5">
      {upload.state.phase === "failed" ? (
        <Notice tone="seal" role="alert">
          {upload.state.code === "cancelled" ? t.cancelled : sentenceOf(errors, upload.state.code)}
        </Notice>
      ) : null}
      <Field id="variant" label={t.variant}>
        <Select id="variant" value={variantId} disabled={isBusy} onChange={(event) => setVariantId(event.target.value)}>
          {choices.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      <ModeSwitch mode={mode} disabled={isBusy} onChange={setMode} t={t} />
      {mode === "file" ? (
        <FileDrop label={t.file} accept=".txt,text/plain" disabled={isBusy} onFile={setFile} className="min-h-36">
          {file ? fill(t.fileChosen, { name: file.name, size: formatBytes(file.size) }) : t.drop}
        </FileDrop>
      ) : (
        <Field
          id="text"
          label={t.paste}
          hint={`${t.pasteHint} ${fill(t.lines, { count: formatCount(countLines(text), locale) })}`}
        >
          <Textarea
            id="text"
            rows={10}
            value={text}
            disabled={isBusy}
            maxLength={limits.requestBodyBytesMax}
            onChange={(event) => setText(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            className="secret-text"
          />
        </Field>
      )}
      <Field id="note" label={t.note} hint={t.noteHint}>
        <Input
          id="note"
          value={note}
          disabled={isBusy}
          maxLength={300}
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      {upload.state.phase === "sending" ? (
        <UploadProgress progress={upload.state} locale={locale} t={t} onCancel={upload.cancel} />
      ) : (
        <Button
          variant="seal"
          disabled={!content || !variantId}
          onClick={() =>
            content &&
            upload.send({ content, query: { variant: variantId, note }, progress: { variant: variantId, after } })
          }
        >
          {t.send}
        </Button>
      )}
    </div>
  );
}

const countLines = (text: string): number => text.split("\n").filter((line) => line.trim() !== "").length;

const countsOf = (
  report: { lines: number; accepted: number; duplicate: number; rejected: number },
  locale: Locale,
) => ({
  lines: formatCount(report.lines, locale),
  accepted: formatCount(report.accepted, locale),
  duplicate: formatCount(report.duplicate, locale),
  rejected: formatCount(report.rejected, locale),
});

interface ModeSwitchProps {
  mode: "file" | "paste";
  disabled: boolean;
  onChange: (mode: "file" | "paste") => void;
  t: UploadWords;
}

function ModeSwitch({ mode, disabled, onChange, t }: Readonly<ModeSwitchProps>) {
  return (
    <fieldset disabled={disabled} className="inline-flex rounded-md border p-0.5">
      <legend className="sr-only">{t.send}</legend>
      {(["file", "paste"] as const).map((choice) => (
        <label
          key={choice}
          className="rounded-sm px-4 py-2 text-sm text-soft has-checked:bg-sunken has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-cinnabar"
        >
          <input
            type="radio"
            name="mode"
            value={choice}
            checked={mode === choice}
            onChange={() => onChange(choice)}
            className="sr-only"
          />
          {choice === "file" ? t.byFile : t.byPaste}
        </label>
      ))}
    </fieldset>
  );
}
