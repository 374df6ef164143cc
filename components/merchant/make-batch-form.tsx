import type { ComponentProps, ReactNode } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import type { UploadChoice } from "./upload-form";

/** What a page gives to every form that fills a variant without a file. */
export interface MakesBatch {
  locale: Locale;
  choices: readonly UploadChoice[];
  chosen: string;
}

interface MakeBatchFormProps extends MakesBatch {
  action: ComponentProps<typeof ActionForm>["action"];
  words: { title: string; note: string; errors: Readonly<Record<string, string>> };
  submit: { label: string; pendingLabel: string };
  lead: ReactNode;
  /** What the batch is made of. */
  children: ReactNode;
}

/** Fills a variant without a file, in one go; closed until somebody wants it. */
export function MakeBatchForm({
  locale,
  choices,
  chosen,
  action,
  words,
  submit,
  lead,
  children,
}: Readonly<MakeBatchFormProps>) {
  const { merchant, staff } = getMessages(locale);
  const errors = { ...staff.errors, ...words.errors };
  return (
    <details className="max-w-2xl rounded-md border px-4 py-2">
      <summary className="cursor-pointer py-1 text-sm font-medium">{words.title}</summary>
      <ActionForm action={action} locale={locale} errors={errors} className="space-y-4 py-3">
        <p className="text-sm text-soft">{lead}</p>
        <SelectField name="variantId" label={merchant.upload.variant} defaultValue={chosen || choices[0]?.id}>
          {choices.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </SelectField>
        {children}
        <TextField name="note" label={words.note} maxLength={300} />
        <ActionSubmit variant="ink" pendingLabel={submit.pendingLabel}>
          {submit.label}
        </ActionSubmit>
      </ActionForm>
    </details>
  );
}
