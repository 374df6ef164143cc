import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { UploadChoice } from "./upload-form";

interface KeysFormProps {
  locale: Locale;
  choices: readonly UploadChoice[];
  chosen: string;
  generate: ComponentProps<typeof ActionForm>["action"];
}

/** Keys that the shop makes up and meters; lands on the page of their batch. */
export function KeysForm({ locale, choices, chosen, generate }: Readonly<KeysFormProps>) {
  const { quotas, merchant, staff } = getMessages(locale);
  const t = quotas.form;
  const most = (max: number) => fill(t.range, { max: formatCount(max, locale) });
  return (
    <details className="mt-4 max-w-2xl rounded-md border px-4 py-2">
      <summary className="cursor-pointer py-1 text-sm font-medium">{t.title}</summary>
      <ActionForm
        action={generate}
        locale={locale}
        errors={{ ...staff.errors, ...t.errors }}
        className="space-y-4 py-3"
      >
        <p className="text-sm text-soft">
          {t.lead}{" "}
          <a href="/api/docs#spendQuota" className="underline underline-offset-4">
            {t.docs}
          </a>
        </p>
        <input type="hidden" name="batchId" value={newId()} />
        <SelectField name="variantId" label={merchant.upload.variant} defaultValue={chosen || choices[0]?.id}>
          {choices.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </SelectField>
        <TextField
          name="count"
          type="number"
          inputMode="numeric"
          min={1}
          max={limits.quotaKeysPerBatchMax}
          label={t.count}
          hint={most(limits.quotaKeysPerBatchMax)}
          required
        />
        <TextField
          name="uses"
          type="number"
          inputMode="numeric"
          min={1}
          max={limits.quotaUsesMax}
          label={t.uses}
          hint={most(limits.quotaUsesMax)}
          required
        />
        <TextField name="note" label={t.note} maxLength={300} />
        <ActionSubmit variant="ink" pendingLabel={t.making}>
          {t.make}
        </ActionSubmit>
      </ActionForm>
    </details>
  );
}
