import { locale as rootLocale } from "next/root-params";
import { buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

export default async function NotFound() {
  const locale = toLocale((await rootLocale()) ?? "");
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
