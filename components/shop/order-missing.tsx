import { buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

/**
 * The same for an order that does not exist and for one that this browser does not hold. Rendered as a page of its own
 * and not by notFound(), whose answer Next writes with scripts only.
 */
export function OrderMissing({ locale }: Readonly<{ locale: Locale }>) {
  const { missing, order, common } = getMessages(locale).shop;
  return (
    <EmptyState heading="h1" title={missing.orderTitle} text={missing.orderText}>
      <a href={`/${locale}/lookup`} className={buttonClass({ variant: "ink" })}>
        {common.lookup}
      </a>
      <a href={`/${locale}`} className={buttonClass()}>
        {order.backHome}
      </a>
    </EmptyState>
  );
}
