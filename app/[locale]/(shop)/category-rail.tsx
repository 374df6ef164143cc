import clsx from "clsx";
import type { CategoryEntry } from "@/lib/features/catalog/queries";
import type { Locale } from "@/lib/i18n/locale";

interface CategoryRailProps {
  locale: Locale;
  categories: readonly CategoryEntry[];
  current: string | null;
  t: { categories: string; all: string };
}

/** What stands under another is set in, on a desk. */
const INDENT = ["", "md:ml-3", "md:ml-6"] as const;

/** A row of words that scrolls on a phone, a quiet column on a desk. */
export function CategoryRail({ locale, categories, current, t }: Readonly<CategoryRailProps>) {
  const entries = [
    { slug: null, depth: 0, title: t.all, href: `/${locale}` },
    ...categories.map(({ slug, depth, title }) => ({
      slug,
      depth,
      title: title[locale],
      href: `/${locale}?category=${slug}`,
    })),
  ];
  return (
    <nav aria-label={t.categories} className="-mx-4 mb-4 overflow-x-auto px-4 md:m-0 md:overflow-visible md:p-0">
      <ul className="flex gap-1 md:sticky md:top-6 md:flex-col">
        {entries.map(({ slug, depth, title, href }) => (
          <li key={href} className={INDENT[depth]}>
            <a
              href={href}
              aria-current={slug === current ? "page" : undefined}
              className={clsx(
                "block whitespace-nowrap rounded-md px-3 py-2 text-sm md:whitespace-normal",
                slug === current ? "bg-sunken font-medium text-ink" : "text-soft hover:text-ink",
              )}
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
