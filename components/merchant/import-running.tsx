import type { UploadProgress } from "@/lib/features/imports/queries";
import type { Upload } from "@/lib/features/imports/uploads";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { ImportProgress } from "./import-progress";
import { CancelForm, type UploadAction } from "./upload-receiving";

interface ImportRunningProps {
  locale: Locale;
  upload: Upload;
  id: string;
  /** About how many lines there are; null where nobody can say. */
  expected: number | null;
  progress: UploadProgress | null;
  cancel: UploadAction;
}

/** An import under way, which goes on without this page. */
export function ImportRunning({ locale, upload, id, expected, progress, cancel }: Readonly<ImportRunningProps>) {
  const t = getMessages(locale).imports.running;
  return (
    <div className="max-w-2xl space-y-5">
      <p className="text-soft">{t.lead}</p>
      <ImportProgress
        locale={locale}
        address={`/api/merchant/uploads/${id}`}
        expected={expected}
        first={progress}
        t={t}
      />
      <p className="js:hidden">
        <a href={`?at=${progress?.lines ?? 0}`} className="underline decoration-line underline-offset-4">
          {t.refresh}
        </a>
      </p>
      <CancelForm {...{ locale, upload, cancel }} label={t.cancel} pending={t.cancelling} note={t.cancelNote} />
    </div>
  );
}
