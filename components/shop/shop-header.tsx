import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { Seal } from "../ui/seal";
import { LanguageLink } from "./language-link";

/** The same for every visitor, on purpose: catalogue pages are cached whole. */
export function ShopHeader({ locale }: Readonly<{ locale: Locale }>) {
  const { shop, wallets } = getMessages(locale);
  const { common } = shop;
  return (
    <header className="border-b print:hidden">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-ink focus:px-4 focus:py-2 focus:text-on-ink"
      >
        {common.skip}
      </a>
      <div className="mx-auto flex h-14 max-w-6xl items-center justify-between px-4 sm:px-6">
        <a href={`/${locale}`} className="flex items-center gap-2.5 rounded-sm py-1 font-semibold tracking-wide">
          <Seal className="size-7" />
          {common.brand}
        </a>
        <nav aria-label={common.brand} className="-mr-2 flex items-center text-sm">
          <a href={`/${locale}/lookup`} className="rounded-sm px-2 py-2 text-soft hover:text-ink">
            {common.lookup}
          </a>
          <a href={`/${locale}/wallet`} className="rounded-sm px-2 py-2 text-soft hover:text-ink">
            {wallets.nav}
          </a>
          <LanguageLink locale={locale} label={common.switchLanguage} />
        </nav>
      </div>
    </header>
  );
}
