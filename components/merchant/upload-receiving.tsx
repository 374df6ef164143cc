import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Card } from "@/components/ui/card";
import type { Upload } from "@/lib/features/imports/uploads";
import { getMessages } from "@/lib/i18n";
import { fill, formatBytes } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { GoOnForm } from "./go-on-form";

export type UploadAction = ComponentProps<typeof ActionForm>["action"];

interface UploadReceivingProps {
  locale: Locale;
  upload: Upload;
  id: string;
  base: string;
  cancel: UploadAction;
}

/** A file of which a part is here: choosing it again goes on. */
export function UploadReceiving({ locale, upload, id, base, cancel }: Readonly<UploadReceivingProps>) {
  const { imports, merchant } = getMessages(locale);
  const t = imports.receiving;
  const size = Number(upload.byteCount);
  const figures = { received: formatBytes(Number(upload.receivedBytes)), total: formatBytes(size) };
  return (
    <div className="max-w-2xl space-y-5">
      <p className="text-soft">{fill(t.lead, figures)}</p>
      <GoOnForm
        name={upload.name}
        size={size}
        address={`/api/merchant/uploads/${id}`}
        page={`${base}/upload/${id}`}
        t={t}
        bars={merchant.upload}
        errors={sentencesOf(locale)}
      />
      <CancelForm {...{ locale, upload, cancel }} label={t.discard} pending={t.discarding} />
    </div>
  );
}

/** What any refusal of a file, an upload or an import says. */
export const sentencesOf = (locale: Locale) => ({
  ...getMessages(locale).staff.errors,
  ...getMessages(locale).imports.errors,
});

interface CancelFormProps {
  locale: Locale;
  upload: Upload;
  cancel: UploadAction;
  label: string;
  pending: string;
  note?: string;
}

/** Ends an upload or its import. */
export function CancelForm({ locale, upload, cancel, label, pending, note }: Readonly<CancelFormProps>) {
  return (
    <Card>
      <ActionForm action={cancel} locale={locale} errors={sentencesOf(locale)} className="space-y-3">
        {note ? <p className="text-sm text-soft">{note}</p> : null}
        <input type="hidden" name="uploadId" value={upload.id} />
        <ActionSubmit variant="outline" size="sm" pendingLabel={pending}>
          {label}
        </ActionSubmit>
      </ActionForm>
    </Card>
  );
}
