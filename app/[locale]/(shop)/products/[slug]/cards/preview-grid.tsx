import type { getMessages } from "@/lib/i18n";

interface PreviewGridProps {
  /** Texts only, already in the visitor's language. */
  cards: readonly { readonly href: string; readonly preview: string; readonly extra: string; readonly total: string }[];
  t: ReturnType<typeof getMessages>["shop"]["choose"];
}

/** What is public about each card, large; the whole tile is the link that chooses it. */
export function PreviewGrid({ cards, t }: Readonly<PreviewGridProps>) {
  return (
    <ul aria-label={t.list} className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
      {cards.map(({ href, preview, extra, total }) => (
        <li key={href}>
          <a
            href={href}
            rel="nofollow"
            className="group flex h-full min-h-28 flex-col rounded-md border bg-surface p-3 hover:border-ink sm:p-4"
          >
            <span className="figures text-base font-semibold leading-snug wrap-anywhere">{preview}</span>
            <span className="figures mt-1 text-sm text-faint">{extra}</span>
            <span className="mt-auto flex flex-wrap items-baseline justify-between gap-x-3 pt-3">
              <span className="figures font-medium">{total}</span>
              <span className="text-sm text-cinnabar group-hover:underline">{t.choose}</span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
