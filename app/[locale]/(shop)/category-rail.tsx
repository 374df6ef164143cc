import clsx from "clsx";
import type { CategoryView } from "@/lib/features/catalog/queries";
import type { Locale } from "@/lib/i18n/locale";

interface CategoryRailProps {
  locale: Locale;
  categories: readonly CategoryView[];
  current: string | null;
  t: { categories: string; all: string };
}

/** A row of words that scrolls on a phone, a quiet column on a desk. */
export function CategoryRail({ locale, categories, current, t }: Readonly<CategoryRailProps>) {
  const entries = [
    { slug: null, title: t.all, href: `/${locale}` },
    ...categories.map(({ slug, title }) => ({ slug, title: title[locale], href: `/${locale}?category=${slug}` })),
  ];
  return (
    <nav aria-label={t.categories} className="-mx-4 mb-4 overflow-x-auto px-4 md:m-0 md:overflow-visible md:p-0">
      <ul className="flex gap-1 md:sticky md:top-6 md:flex-col">
        {entries.map(({ slug, title, href }) => (
          <li key={href}>
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
