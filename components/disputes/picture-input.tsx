import { Field } from "@/components/form/field";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";

/** A few pictures beside the words; the browser's own chooser, which needs no script. */
export function PictureInput({ locale }: Readonly<{ locale: Locale }>) {
  const t = getMessages(locale).disputes.buyer;
  return (
    <Field id="pictures" label={t.pictures} hint={fill(t.picturesHint, { count: limits.disputePicturesPerSending })}>
      <input
        id="pictures"
        name="pictures"
        type="file"
        accept="image/jpeg,image/png,image/webp"
        multiple
        aria-describedby="pictures-hint"
        className="block w-full text-sm text-soft file:mr-3 file:min-h-10 file:rounded-md file:border file:border-edge file:bg-surface file:px-3 file:font-medium file:text-ink"
      />
    </Field>
  );
}
