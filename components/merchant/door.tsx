import type { ReactNode } from "react";
import { LanguageLink } from "@/components/shop/language-link";
import { ThemeSwitch } from "@/components/shop/theme-switch";
import { Card } from "@/components/ui/card";
import { Seal } from "@/components/ui/seal";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

interface DoorProps {
  locale: Locale;
  title: string;
  lead: string;
  children: ReactNode;
}

/** The page before one is let in: one sheet in the middle of the paper. */
export function Door({ locale, title, lead, children }: Readonly<DoorProps>) {
  const { common } = getMessages(locale).shop;
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between px-4 py-3 sm:px-6">
        <a href={`/${locale}`} className="flex items-center gap-2.5 rounded-sm py-1 font-semibold tracking-wide">
          <Seal className="size-7" />
          {common.brand}
        </a>
        <span className="text-sm">
          <LanguageLink locale={locale} label={common.switchLanguage} />
        </span>
      </header>
      <main id="content" className="mx-auto w-full max-w-md flex-1 px-4 py-6 sm:py-14">
        <Card>
          <h1 className="text-xl font-semibold">{title}</h1>
          <p className="mt-1 mb-5 text-sm text-soft">{lead}</p>
          {children}
        </Card>
      </main>
      <footer className="flex justify-center px-4 py-6">
        <ThemeSwitch t={common.theme} />
      </footer>
    </div>
  );
}
