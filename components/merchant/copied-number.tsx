import { CopyButton } from "@/components/ui/copy-button";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

/** A number that people compare and paste elsewhere: whole, and copied by one press. */
export function CopiedNumber({ number, locale }: Readonly<{ number: string; locale: Locale }>) {
  const t = getMessages(locale).money.order;
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-x-2 gap-y-1">
      <span className="secret-text min-w-0 text-xs wrap-anywhere">{number}</span>
      <CopyButton
        text={number}
        label={t.copy}
        copiedLabel={t.copied}
        failedLabel={t.copyFailed}
        variant="quiet"
        size="sm"
      />
    </span>
  );
}
