import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { ThemeSwitch } from "./theme-switch";

export function ShopFooter({ locale }: Readonly<{ locale: Locale }>) {
  const { common } = getMessages(locale).shop;
  return (
    <footer className="mt-auto border-t print:hidden">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-8 gap-y-4 px-4 py-8 text-sm text-faint sm:px-6">
        <p className="max-w-prose">{common.proof}</p>
        <ThemeSwitch t={common.theme} />
      </div>
    </footer>
  );
}
