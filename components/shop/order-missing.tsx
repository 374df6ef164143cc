import { buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { answerNotFound } from "@/lib/entry/answer-not-found";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

/** The same, 404 included, for an order that does not exist and for one that this browser does not hold. */
export function OrderMissing({ locale }: Readonly<{ locale: Locale }>) {
  answerNotFound();
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
