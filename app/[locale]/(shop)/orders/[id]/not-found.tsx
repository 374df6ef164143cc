import { locale as rootLocale } from "next/root-params";
import { buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

/** The same for an order that does not exist and for one that this browser does not hold. */
export default async function OrderNotFound() {
  const locale = toLocale((await rootLocale()) ?? "");
  const { missing, order, common } = getMessages(locale).shop;
  return (
    <EmptyState title={missing.orderTitle} text={missing.orderText}>
      <a href={`/${locale}/lookup`} className={buttonClass({ variant: "ink" })}>
        {common.lookup}
      </a>
      <a href={`/${locale}`} className={buttonClass()}>
        {order.backHome}
      </a>
    </EmptyState>
  );
}
