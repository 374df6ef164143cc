import { buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

/** What an address that leads nowhere shows. */
export function PageMissing({ locale }: Readonly<{ locale: Locale }>) {
  const { missing, order, common } = getMessages(locale).shop;
  return (
    <EmptyState heading="h1" title={missing.title} text={missing.text}>
      <a href={`/${locale}`} className={buttonClass({ variant: "ink" })}>
        {order.backHome}
      </a>
      <a href={`/${locale}/lookup`} className={buttonClass()}>
        {common.lookup}
      </a>
    </EmptyState>
  );
}
