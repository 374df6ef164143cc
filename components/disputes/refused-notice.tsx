import { Notice } from "@/components/ui/notice";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

/** Why a plain form was not taken, or not all of it. The code comes from an address, so that it is only looked up and never shown. */
export function RefusedNotice({ code, locale }: Readonly<{ code: string; locale: Locale }>) {
  const { buyer, errors } = getMessages(locale).disputes;
  const isKnown = (name: string): name is keyof typeof errors => Object.hasOwn(errors, name);
  return (
    <Notice tone="seal" role="alert" title={buyer.refusedTitle}>
      {isKnown(code) ? errors[code] : errors.unexpected}
    </Notice>
  );
}
