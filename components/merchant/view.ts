import type { Locale } from "@/lib/i18n/locale";
import type { Viewer } from "@/lib/kernel/viewer";

/** What every shared view of the back office is given: who looks, in which language, and under which address it stands. */
export interface ViewProps {
  readonly locale: Locale;
  readonly viewer: Viewer;
  /** "/zh/merchant" or "/zh/admin". */
  readonly base: string;
}

export const baseOf = (locale: Locale, viewer: Viewer): string => `/${locale}/${viewer.kind}`;

/** The text of a pair in the language of the page. */
export const inLocale = (locale: Locale, zh: string | null, en: string | null): string =>
  (locale === "zh" ? zh : en) ?? "";
