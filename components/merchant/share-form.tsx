import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { AreaField, SelectField, TextField } from "@/components/form/fields";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import type { UploadChoice } from "./upload-form";

interface ShareFormProps {
  locale: Locale;
  choices: readonly UploadChoice[];
  chosen: string;
  share: ComponentProps<typeof ActionForm>["action"];
}

/** One text that many buyers are given; lands on the page of its batch. */
export function ShareForm({ locale, choices, chosen, share }: Readonly<ShareFormProps>) {
  const { kinds, merchant, staff } = getMessages(locale);
  const t = kinds.shared;
  return (
    <details className="mt-8 max-w-2xl rounded-md border px-4 py-2">
      <summary className="cursor-pointer py-1 text-sm font-medium">{t.title}</summary>
      <ActionForm action={share} locale={locale} errors={{ ...staff.errors, ...t.errors }} className="space-y-4 py-3">
        <p className="text-sm text-soft">{t.lead}</p>
        <SelectField name="variantId" label={merchant.upload.variant} defaultValue={chosen || choices[0]?.id}>
          {choices.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </SelectField>
        <AreaField name="secret" label={t.secret} rows={3} required autoComplete="off" spellCheck={false} />
        <TextField
          name="uses"
          type="number"
          inputMode="numeric"
          min={1}
          max={limits.sharedUsesMax}
          label={t.uses}
          hint={fill(t.usesHint, { max: formatCount(limits.sharedUsesMax, locale) })}
          required
        />
        <TextField name="note" label={t.note} maxLength={300} />
        <ActionSubmit variant="ink" pendingLabel={t.adding}>
          {t.add}
        </ActionSubmit>
      </ActionForm>
    </details>
  );
}
