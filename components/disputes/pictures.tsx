import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

/** The pictures of a report, small; each opens whole. */
export function Pictures({ ids, base, locale }: Readonly<{ ids: readonly string[]; base: string; locale: Locale }>) {
  const t = getMessages(locale).disputes.buyer;
  if (ids.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2">
      {ids.map((id, index) => (
        <li key={id}>
          <a href={`${base}/${id}`} target="_blank" rel="noopener" className="block">
            <img
              src={`${base}/${id}`}
              alt={fill(t.picture, { n: index + 1 })}
              loading="lazy"
              className="size-24 rounded-md border bg-sunken object-cover"
            />
          </a>
        </li>
      ))}
    </ul>
  );
}
