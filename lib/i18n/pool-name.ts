import { MAIN_POOL } from "@/lib/kernel/main-pool";
import type { Locale } from "./locale";

const MAIN: Readonly<Record<Locale, string>> = { zh: "主仓", en: "Main" };

/** A stock pool's name as people read it: of the one that a merchant began with in their language, until somebody gives it a name. */
export const poolNameIn = (locale: Locale, { slug, name }: { readonly slug: string; readonly name: string }): string =>
  slug === MAIN_POOL.slug && name === MAIN_POOL.name ? MAIN[locale] : name;
