import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import type { OrderView } from "@/lib/features/orders/view";
import type { WayToPay } from "@/lib/features/payments/way-to-pay";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { type Currency, money, toDecimal } from "@/lib/kernel/money";

interface TransferWayProps {
  way: Extract<WayToPay, { kind: "transfer" }>;
  order: OrderView;
  locale: Locale;
}

/** A transfer by hand: to whom, how much, and the reference that tells whose it is. A person confirms it. */
export function TransferWay({ way, order, locale }: Readonly<TransferWayProps>) {
  const { pay, common } = getMessages(locale).shop;
  const t = pay.transfer;
  const amount = toDecimal(money(order.totalMinor, order.currency as Currency));
  const rows = [
    { name: t.payee, shown: way.payee, copied: way.payee },
    { name: t.account, shown: way.account, copied: way.account },
    ...(way.bank ? [{ name: t.bank, shown: way.bank, copied: way.bank }] : []),
    { name: t.amount, shown: formatMinor(order.totalMinor.toString(), order.currency, locale), copied: amount },
    { name: t.reference, shown: way.reference, copied: way.reference },
  ];
  return (
    <div className="space-y-4 text-left">
      <p className="text-center font-medium">{t.lead}</p>
      <dl className="divide-y border-y">
        {rows.map(({ name, shown, copied }) => (
          <div key={name} className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 py-2.5">
            <dt className="text-sm text-faint">{name}</dt>
            <dd className="figures col-start-1 row-start-2 select-all font-medium">{shown}</dd>
            <dd className="col-start-2 row-span-2 row-start-1">
              <CopyButton
                text={copied}
                label={common.copy}
                spokenLabel={fill(t.copy, { what: name })}
                copiedLabel={common.copied}
                failedLabel={common.copyFailed}
              />
            </dd>
          </div>
        ))}
      </dl>
      <Notice tone="seal">{t.referenceHint}</Notice>
      {way.note ? <p className="whitespace-pre-line text-sm text-soft">{way.note}</p> : null}
      <p className="text-sm text-soft">{t.byHand}</p>
    </div>
  );
}
