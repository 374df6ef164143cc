import Link from "next/link";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { Upload } from "@/lib/features/imports/uploads";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { wordOf } from "./state-badges";

/** A file of which nothing was imported, and why. */
export function UploadEnded({ locale, upload, base }: Readonly<{ locale: Locale; upload: Upload; base: string }>) {
  const { imports: t, staff } = getMessages(locale);
  const isRefused = upload.state === "refused";
  const line = upload.failureLine ?? 0;
  return (
    <div className="max-w-2xl space-y-4">
      <Notice tone={isRefused ? "seal" : "plain"} role="status" title={isRefused ? t.refused.title : t.cancelled.title}>
        {isRefused ? (
          <p>
            {line > 0 ? fill(t.refused.atLine, { line: formatCount(line, locale) }) : null}
            {wordOf(staff.errors, upload.failure ?? "")} {t.refused.nothing}
          </p>
        ) : (
          <p>{t.cancelled.text}</p>
        )}
      </Notice>
      <Link href={`${base}/upload`} className={buttonClass({})}>
        {t.refused.again}
      </Link>
    </div>
  );
}
