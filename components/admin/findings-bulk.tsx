"use client";

import { ActionSubmit, useForm } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { Notice } from "@/components/ui/notice";
import { fill } from "@/lib/i18n/format";

interface BulkWords {
  readonly title: string;
  readonly words: string;
  readonly hint: string;
  readonly note: string;
  readonly take: string;
  readonly leave: string;
  readonly accept: string;
  readonly going: string;
  readonly done: string;
  readonly left: string;
}

const ACTS = ["note", "take", "leave", "accept"] as const;

/** What may be done with the chosen rows, and what came of it. The first button is what Enter in the field presses: a note, which changes nothing. */
export function FindingsBulkForm({ t }: Readonly<{ t: BulkWords }>) {
  const { answer } = useForm();
  const worked = answer as { done: number; left: number } | null;
  return (
    <fieldset className="bottom-0 flex flex-wrap items-end gap-2 border-t bg-paper py-3 md:sticky">
      <legend className="sr-only">{t.title}</legend>
      <div className="min-w-full flex-1 sm:min-w-56">
        <TextField name="words" label={t.words} hint={t.hint} maxLength={500} className="h-10 text-sm" />
      </div>
      {ACTS.map((act) => (
        <ActionSubmit key={act} size="sm" name="act" value={act} pendingLabel={t.going} data-act={act}>
          {t[act]}
        </ActionSubmit>
      ))}
      {worked ? (
        <Notice role="status" data-answer className="w-full">
          {fill(t.done, { done: worked.done })} {worked.left > 0 ? fill(t.left, { left: worked.left }) : null}
        </Notice>
      ) : null}
    </fieldset>
  );
}
