import Link from "next/link";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { OrderPage } from "@/lib/features/merchants/order-page";
import { listRefundablePayments, type RefundablePayment, type RefundRow } from "@/lib/features/payments/refund-state";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { CopiedNumber } from "./copied-number";
import { Part } from "./page-head";
import { RefundItem } from "./refund-item";
import { wordOf } from "./state-badges";
import { inLocale, type ViewProps } from "./view";

export interface OrderMoneyProps extends ViewProps {
  readonly order: OrderPage;
  /** What an admin can do about one refund; absent: nothing. */
  readonly acts?: ((refund: RefundRow, isLast: boolean) => ReactNode) | undefined;
}

/** What arrived for an order and what goes back of it; admins find the way to a refund here, merchants see how it goes. */
export async function OrderMoney({ order, locale, viewer, acts }: OrderMoneyProps) {
  const payments = await listRefundablePayments(getDeps(), viewer, order.id);
  const t = getMessages(locale).money.order;
  return (
    <Part title={t.title} note={t.note}>
      {payments.length === 0 ? <p className="text-sm text-soft">{t.none}</p> : null}
      {order.exception === "disputed" ? (
        <Notice tone="seal" className="mb-3">
          {t.disputed}
        </Notice>
      ) : null}
      <ul className="divide-y border-y empty:hidden">
        {payments.map((payment) => (
          <Payment key={payment.id} {...{ locale, viewer, order, payment, acts }} />
        ))}
      </ul>
      {viewer.kind === "admin" || payments.length === 0 ? null : <p className="mt-2 text-sm text-faint">{t.only}</p>}
    </Part>
  );
}

interface PaymentProps extends Pick<OrderMoneyProps, "locale" | "viewer" | "order" | "acts"> {
  readonly payment: RefundablePayment;
}

function Payment({ locale, viewer, order, payment, acts }: PaymentProps) {
  const { money, merchant } = getMessages(locale);
  const t = money.order;
  const amount = (minor: bigint) => formatMinor(minor.toString(), payment.currency, locale);
  const left = payment.amountMinor - payment.givenMinor;
  const mayGive = viewer.kind === "admin" && left > 0n && !payment.isUnderWay;
  return (
    <li className="space-y-3 py-4">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 space-y-1 text-sm">
          <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            <span className="figures text-base font-semibold">{amount(payment.amountMinor)}</span>
            <Badge tone={payment.verdict === "settled" ? "strong" : "seal"}>
              {wordOf(merchant.order.verdicts, payment.verdict)}
            </Badge>
            <span className="text-soft">
              {formatStamp(payment.receivedAt, locale)} ·{" "}
              {fill(t.paid, { account: inLocale(locale, payment.accountTitleZh, payment.accountTitleEn) })}
            </span>
          </p>
          <p className="flex flex-wrap items-center gap-x-2 text-faint">
            {t.tradeNo} <CopiedNumber number={payment.gatewayTradeNumber} locale={locale} />
          </p>
          <p className="text-soft">{left > 0n ? fill(t.left, { amount: amount(left) }) : t.allGiven}</p>
        </div>
        {mayGive ? (
          <Link
            href={`/${locale}/admin/orders/${toPublicId("order", order.id)}/refund?payment=${payment.id}`}
            prefetch={false}
            className={buttonClass({ size: "sm" })}
          >
            {t.give}
          </Link>
        ) : null}
      </div>
      {payment.refunds.map((refund, position) => (
        <RefundItem key={refund.id} locale={locale} refund={refund}>
          {acts?.(refund, position === payment.refunds.length - 1)}
        </RefundItem>
      ))}
    </li>
  );
}
