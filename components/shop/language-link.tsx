"use client";

import { usePathname } from "next/navigation";
import { LANGUAGE_TAGS, type Locale } from "@/lib/i18n/locale";

/** The same page in the other language; with scripts the search and the filters come along. */
export function LanguageLink({ locale, label }: Readonly<{ locale: Locale; label: string }>) {
  const other: Locale = locale === "zh" ? "en" : "zh";
  const path = usePathname().replace(/^\/[^/]*/, `/${other}`);
  return (
    <a
      href={path}
      lang={LANGUAGE_TAGS[other]}
      hrefLang={LANGUAGE_TAGS[other]}
      onClick={(event) => {
        event.currentTarget.search = window.location.search;
      }}
      className="rounded-sm px-2 py-2 text-soft hover:text-ink"
    >
      {label}
    </a>
  );
}
