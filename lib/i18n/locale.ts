/** The languages of the shop; the first is the one it was written in. */
export const LOCALES = ["zh", "en"] as const;
export type Locale = (typeof LOCALES)[number];
export const DEFAULT_LOCALE: Locale = "zh";

/** What stands in `<html lang>` and what Intl is asked for. */
export const LANGUAGE_TAGS = { zh: "zh-CN", en: "en" } as const satisfies Record<Locale, string>;

/** Whether a path segment names a language of the shop. */
export const isLocale = (text: string): text is Locale => (LOCALES as readonly string[]).includes(text);

/** The language of a path segment; an unknown one reads as the default, for pages that must render anyway. */
export const toLocale = (text: string): Locale => (isLocale(text) ? text : DEFAULT_LOCALE);

/** Picks the language a browser asks for first among ours; a header that names none of them gets the default. */
export function negotiateLocale(acceptLanguage: string | null): Locale {
  const wishes = (acceptLanguage ?? "")
    .slice(0, 500)
    .split(",")
    .map((part, position) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const quality = parameters.map((text) => /^\s*q=([01](?:\.\d{0,3})?)$/.exec(text)?.[1]).find(Boolean);
      return { language: tag.split("-")[0] ?? "", weight: quality === undefined ? 1 : Number(quality), position };
    })
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight || left.position - right.position);
  for (const { language } of wishes) if (isLocale(language)) return language;
  return DEFAULT_LOCALE;
}
