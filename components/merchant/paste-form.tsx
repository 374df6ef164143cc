import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { AreaField, SelectField } from "@/components/form/fields";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import type { UploadChoice } from "./upload-form";

interface PasteFormProps {
  locale: Locale;
  choices: readonly UploadChoice[];
  chosen: string;
  paste: ComponentProps<typeof ActionForm>["action"];
}

/** For browsers without scripts: the lines in a plain form, which lands on the page of their batch. */
export function PasteForm({ locale, choices, chosen, paste }: Readonly<PasteFormProps>) {
  const { merchant, staff } = getMessages(locale);
  const t = merchant.upload;
  return (
    <ActionForm action={paste} locale={locale} errors={staff.errors} className="max-w-2xl space-y-4">
      <p className="text-sm text-soft">{t.needsScript}</p>
      <SelectField name="variantId" label={t.variant} defaultValue={chosen || choices[0]?.id}>
        {choices.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </SelectField>
      <AreaField name="text" label={t.paste} hint={t.pasteHint} rows={10} required autoComplete="off" />
      <ActionSubmit variant="seal" pendingLabel={t.sending}>
        {t.send}
      </ActionSubmit>
    </ActionForm>
  );
}
