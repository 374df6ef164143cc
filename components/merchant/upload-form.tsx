"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { sentenceOf } from "@/components/form/action-form";
import { Field } from "@/components/form/field";
import { FileDrop } from "@/components/form/file-drop";
import { Button } from "@/components/ui/button";
import { Select, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { fill, formatBytes, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { SendingBar } from "./sending-bar";
import type { UploadWords } from "./sent-bar";
import { useCardUpload } from "./use-card-upload";

export interface UploadChoice {
  readonly id: string;
  readonly label: string;
}

interface UploadFormProps {
  locale: Locale;
  choices: readonly UploadChoice[];
  chosen: string;
  /** Where an upload is looked at: its id follows. */
  base: string;
  /** What a paste is called. */
  pasted: string;
  offline: string;
  t: UploadWords;
  errors: Readonly<Record<string, string>>;
}

/** What merchants have; whatever else is chosen is looked at all the same. */
const ACCEPTED = ".txt,.csv,.tsv,.json,.xlsx,text/plain,text/csv,application/json";

/** Sends a file or a paste as it is; how it is read is looked at on the next page. */
export function UploadForm({ locale, choices, chosen, base, pasted, offline, t, errors }: Readonly<UploadFormProps>) {
  const router = useRouter();
  const [variantId, setVariantId] = useState(chosen || (choices[0]?.id ?? ""));
  const [mode, setMode] = useState<"file" | "paste">("file");
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState("");
  const upload = useCardUpload((id) => router.push(`${base}/${id}`));
  const isBusy = upload.state.phase === "sending";
  const content = mode === "file" ? file : text.trim() === "" ? null : new Blob([text]);
  return (
    <div className="max-w-2xl space-y-5">
      {upload.state.phase === "failed" && upload.state.code !== "cancelled" ? (
        <Notice tone="seal" role="alert">
          {sentenceOf(errors, upload.state.code)}
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
        <FileDrop label={t.file} accept={ACCEPTED} disabled={isBusy} onFile={setFile} className="min-h-36">
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
      {upload.state.phase === "sending" ? (
        <SendingBar state={upload.state} offline={offline} t={t} onCancel={upload.cancel} />
      ) : (
        <Button
          variant="seal"
          disabled={!content || !variantId}
          onClick={() =>
            content && upload.send(content, { name: mode === "file" ? (file?.name ?? "") : pasted, variantId })
          }
        >
          {t.send}
        </Button>
      )}
    </div>
  );
}

const countLines = (text: string): number => text.split("\n").filter((line) => line.trim() !== "").length;

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
