import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { Card } from "@/components/ui/card";
import type { Reading } from "@/lib/features/imports/rules";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { CURRENCIES } from "@/lib/kernel/money";
import { sentencesOf, type UploadAction } from "./upload-receiving";

interface StartFormProps {
  locale: Locale;
  uploadId: string;
  /** As it was just looked at: what is imported is what was seen. */
  reading: Reading;
  start: UploadAction;
  /** With one pool there is nothing to choose. */
  pools: readonly { readonly id: string; readonly slug: string; readonly name: string }[];
}

/** What a merchant knows of the batch, and the button that imports it. */
export function StartForm({ locale, uploadId, reading, start, pools }: Readonly<StartFormProps>) {
  const { imports, pools: p } = getMessages(locale);
  const t = imports.start;
  return (
    <Card className="max-w-2xl">
      <ActionForm action={start} locale={locale} errors={sentencesOf(locale)} className="space-y-4">
        <input type="hidden" name="uploadId" value={uploadId} />
        <input type="hidden" name="reading" value={JSON.stringify(reading)} />
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField name="source" label={t.source} hint={t.sourceHint} maxLength={120} />
          <TextField name="note" label={t.note} hint={t.noteHint} maxLength={300} />
          <TextField name="cost" label={t.cost} inputMode="decimal" />
          <SelectField name="currency" label={t.currency} defaultValue="CNY">
            {CURRENCIES.map((currency) => (
              <option key={currency} value={currency}>
                {currency}
              </option>
            ))}
          </SelectField>
          <TextField name="expires" label={t.expires} hint={t.expiresHint} type="date" />
          <TextField name="warranty" label={t.warranty} inputMode="numeric" />
          {pools.length > 1 ? (
            <SelectField name="pool" label={p.uploadPool} hint={p.uploadPoolHint}>
              <option value="">—</option>
              {pools.map((pool) => (
                <option key={pool.id} value={pool.id}>
                  {poolNameIn(locale, pool)}
                </option>
              ))}
            </SelectField>
          ) : null}
        </div>
        <label className="flex min-h-11 items-center gap-2 text-sm">
          <input type="checkbox" name="publish" className="size-4" />
          {t.publish}
        </label>
        <ActionSubmit variant="seal" pendingLabel={t.submitting}>
          {t.submit}
        </ActionSubmit>
      </ActionForm>
    </Card>
  );
}
