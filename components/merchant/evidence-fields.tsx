import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import type { EvidenceField } from "@/lib/kernel/evidence";

/** What a gateway sent, field by field as it came; a value that proves something has a word in its place. */
export function EvidenceFields({
  fields,
  locale,
}: Readonly<{ fields: readonly EvidenceField[] | null; locale: Locale }>) {
  const t = getMessages(locale).money.inbox;
  if (!fields) return <p className="text-sm text-faint">{t.unreadable}</p>;
  return (
    <dl className="grid gap-x-4 gap-y-1 rounded-md bg-sunken p-3 text-xs sm:grid-cols-[max-content_minmax(0,1fr)]">
      {fields.map(({ name, value }, position) => (
        <div key={position} className="contents">
          <dt className="secret-text text-soft">{name}</dt>
          <dd className="secret-text mb-1 min-w-0 wrap-anywhere sm:mb-0">
            {value === null ? <span className="text-faint">[{t.hidden}]</span> : value || "\u00a0"}
          </dd>
        </div>
      ))}
    </dl>
  );
}
