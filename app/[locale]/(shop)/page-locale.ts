import { notFound } from "next/navigation";
import { isLocale, type Locale } from "@/lib/i18n/locale";

/** The language of the page being rendered; an address in no language of the shop is not found. */
export async function localeOf(params: Promise<{ locale: string }>): Promise<Locale> {
  const { locale } = await params;
  return isLocale(locale) ? locale : notFound();
}
