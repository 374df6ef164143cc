import { type Locale, toLocale } from "@/lib/i18n/locale";

/** The language of the page being rendered; the layout answers 404 to an address in no language of the shop. */
export const localeOf = async (params: Promise<{ locale: string }>): Promise<Locale> => toLocale((await params).locale);
