import Link from "next/link";
import { notFound } from "next/navigation";
import type { ComponentProps, ReactNode } from "react";
import { OrderCases } from "@/components/disputes/order-cases";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { findOrderPage, type OrderPage } from "@/lib/features/merchants/order-page";
import { MONEY_KINDS } from "@/lib/features/merchants/order-timeline";
import type { OrderPageQuery } from "@/lib/features/payments/desk-schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { OrderMoney, type OrderMoneyProps } from "./order-money";
import { OrderPromise } from "./order-promise";
import { OrderReplacements, type ReplaceActs } from "./order-replacements";
import { Facts, PageHead, Part } from "./page-head";
import { OrderBadges } from "./state-badges";
import { Timeline } from "./timeline";
import { inLocale, type ViewProps } from "./view";

interface OrderPageViewProps extends ViewProps {
  readonly orderId: string;
  readonly release: ComponentProps<typeof ActionForm>["action"];
  readonly replaceActs: ReplaceActs;
  /** How a merchant delivers what is made by hand; absent for admins. */
  readonly deliver?: ComponentProps<typeof ActionForm>["action"];
  /** What can be done about its refunds; absent for merchants, who see them. */
  readonly acts?: OrderMoneyProps["acts"];
  readonly giveUp?: (order: OrderPage) => ReactNode;
  readonly query: OrderPageQuery;
}

/** One order with its whole story; no card text. */
export async function OrderPageView({
  locale,
  viewer,
  base,
  orderId,
  release,
  replaceActs,
  deliver,
  acts,
  giveUp,
  query,
}: OrderPageViewProps) {
  const order = await findOrderPage(getDeps(), viewer, orderId);
  if (!order) notFound();
  const { merchant, money, staff } = getMessages(locale);
  const t = merchant.order;
  return (
    <>
      <PageHead title={fill(t.title, { number: order.number })}>
        <OrderBadges status={order.status} exception={order.exception} locale={locale} />
      </PageHead>
      {order.isReleasable ? (
        <Card className="mb-6">
          <ActionForm action={release} locale={locale} errors={staff.errors} className="space-y-3">
            <p className="text-sm text-soft">{t.releaseLead}</p>
            <input type="hidden" name="orderId" value={order.id} />
            <ActionSubmit pendingLabel={t.releasing}>
              {fill(t.release, { count: formatCount(order.cardCount, locale) })}
            </ActionSubmit>
          </ActionForm>
        </Card>
      ) : null}
      {query.asked ? <Notice role="status">{fill(money.order.asked, { number: query.asked })}</Notice> : null}
      <Part title={t.item}>
        <Lines order={order} locale={locale} base={base} />
      </Part>
      <div className="mt-6">
        <Facts facts={factsOf(order, locale)} />
      </div>
      <OrderPromise {...{ locale, viewer, deliver }} orderId={order.id} />
      <OrderMoney {...{ locale, viewer, base, order, acts }} />
      {order.status === "refunding" ? <div className="mt-3">{giveUp?.(order)}</div> : null}
      <OrderReplacements {...{ locale, viewer, base, order }} acts={replaceActs} />
      <OrderCases {...{ locale, viewer }} orderId={order.id} />
      <Part title={t.timeline} note={t.timelineNote}>
        <TimelineChoice locale={locale} path={`${base}/orders/${toPublicId("order", order.id)}`} only={query.only} />
        <Timeline
          rows={query.only ? order.timeline.filter(({ kind }) => MONEY_KINDS.includes(kind)) : order.timeline}
          locale={locale}
        />
      </Part>
    </>
  );
}

/** Everything, or what tells of money alone. */
function TimelineChoice({ locale, path, only }: Readonly<{ locale: Locale; path: string; only: "money" | undefined }>) {
  const t = getMessages(locale).money.timeline;
  const choices = [
    [t.all, path, only === undefined],
    [t.money, `${path}?only=money`, only === "money"],
  ] as const;
  return (
    <nav aria-label={t.filter} className="mb-3 flex gap-1">
      {choices.map(([label, href, isCurrent]) => (
        <Link
          key={label}
          href={href}
          prefetch={false}
          scroll={false}
          aria-current={isCurrent ? "page" : undefined}
          className={buttonClass({ size: "sm", variant: isCurrent ? "outline" : "quiet" })}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

function factsOf(order: OrderPage, locale: Locale): (readonly [string, string])[] {
  const { order: t, orders } = getMessages(locale).merchant;
  const { none } = getMessages(locale).staff.table;
  const amount = (minor: bigint) => formatMinor(minor.toString(), order.currency, locale);
  const stamp = (at: Date | null) => (at ? formatStamp(at, locale) : none);
  return [
    [t.total, amount(order.totalMinor)],
    [t.paid, amount(order.paidMinor)],
    [t.buyer, order.email],
    [t.language, order.locale === "zh" ? "中文" : "English"],
    [t.placedAt, stamp(order.createdAt)],
    [t.deadlineAt, stamp(order.deadlineAt)],
    [t.paidAt, stamp(order.paidAt)],
    [t.deliveredAt, stamp(order.deliveredAt)],
    [t.cards, `${formatCount(order.cardCount, locale)} / ${formatCount(order.quantity, locale)}`],
    [orders.columns.merchant, order.merchantName],
  ];
}

function Lines({ order, locale, base }: Readonly<{ order: OrderPage; locale: Locale; base: string }>) {
  const { order: t, orders, variant } = getMessages(locale).merchant;
  const amount = (minor: bigint) => formatMinor(minor.toString(), order.currency, locale);
  return (
    <Table aria-label={t.item}>
      <thead>
        <tr>
          <HeadCell>{orders.columns.item}</HeadCell>
          <HeadCell>{variant.sku}</HeadCell>
          <HeadCell className="text-right">{orders.columns.quantity}</HeadCell>
          <HeadCell className="text-right">{t.unitPrice}</HeadCell>
          <HeadCell className="text-right">{t.lineTotal}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {order.lines.map((line) => (
          <tr key={line.line}>
            <Cell className="min-w-36">
              <Link
                href={`${base}/products/${toPublicId("product", line.productId)}`}
                prefetch={false}
                className="underline decoration-line underline-offset-4 hover:decoration-ink"
              >
                {inLocale(locale, line.titleZh, line.titleEn)}
              </Link>
            </Cell>
            <Cell className="figures">{line.sku}</Cell>
            <Cell className="figures text-right">{formatCount(line.quantity, locale)}</Cell>
            <Cell className="figures whitespace-nowrap text-right">{amount(line.unitPriceMinor)}</Cell>
            <Cell className="figures whitespace-nowrap text-right">
              {amount(line.unitPriceMinor * BigInt(line.quantity))}
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
