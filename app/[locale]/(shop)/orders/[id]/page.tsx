import type { Metadata } from "next";
import { OrderDisputes } from "@/components/shop/order-disputes";
import { OrderLines } from "@/components/shop/order-lines";
import { OrderMissing } from "@/components/shop/order-missing";
import { stateOf } from "@/components/shop/order-state";
import { OrderWatch } from "@/components/shop/order-watch";
import { TransferReport } from "@/components/shop/transfer-report";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Prose } from "@/components/ui/prose";
import { findHeldOrder } from "@/lib/entry/held-orders";
import { findOrderStory } from "@/lib/features/orders/story";
import { tellOrder } from "@/lib/features/orders/tell-order";
import type { OrderView } from "@/lib/features/orders/view";
import { findBuyersReplacements } from "@/lib/features/replacements/queries";
import { getMessages } from "@/lib/i18n";
import { formatDate, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { renderMarkdown } from "@/lib/platform/markdown";
import { localeOf } from "../../page-locale";
import { Heading } from "./heading";
import { Quota } from "./quota";
import { RevealPanel } from "./reveal-panel";
import { Story } from "./story";
import { reportTransferAction } from "./transfer/actions";
import { Warranty } from "./warranty";

interface OrderProps {
  params: Promise<{ locale: string; id: string }>;
}

export async function generateMetadata({ params }: OrderProps): Promise<Metadata> {
  return { title: getMessages(await localeOf(params)).shop.receipt.title, robots: { index: false } };
}

/** The order as it stands: what happened, whether money moved, what to do next; once delivered, the receipt and its cards. */
export default async function Order({ params }: Readonly<OrderProps>) {
  const locale = await localeOf(params);
  const { id } = await params;
  const order = await findHeldOrder(getDeps(), id);
  if (!order) return <OrderMissing locale={locale} />;
  const { shop } = getMessages(locale);
  const story = await findOrderStory(getDeps(), order.id);
  const telling = tellOrder(order, story.money);
  const isMoving = Object.hasOwn(shop.order.story.now, telling.headline);
  // Who reads "do not pay again" must not find a button to do so.
  const mayBuyAgain = !isMoving && order.exception !== "disputed";
  return (
    <article className="mx-auto max-w-2xl space-y-5">
      <Card className="space-y-5">
        <Heading order={order} story={story} telling={telling} locale={locale} />
        <div className="border-y border-dashed">
          <OrderLines lines={order.lines} currency={order.currency} locale={locale} />
        </div>
        <Figures order={order} locale={locale} />
        {order.isPayable ? (
          <a href={`/${locale}/orders/${id}/pay`} className={`${buttonClass({ variant: "seal", size: "lg" })} w-full`}>
            {shop.order.payNow}
          </a>
        ) : null}
        {isMoving ? (
          <OrderWatch
            orderId={id}
            state={stateOf(order)}
            href={`/${locale}/orders/${id}`}
            waiting={shop.order.watching}
            offline={shop.common.offline}
          />
        ) : null}
      </Card>
      <LateTransfer order={order} id={id} locale={locale} />
      {order.status === "delivered" ? <Cards order={order} id={id} locale={locale} /> : null}
      {order.status === "paid" || order.status === "refunding" || order.status === "refunded" ? (
        <Card className="empty:hidden *:border-t-0 *:pt-0">
          <OrderDisputes order={order} path={`/${locale}/orders/${id}`} locale={locale} />
        </Card>
      ) : null}
      <Story order={order} rows={story.rows} headline={telling.headline} locale={locale} />
      <footer className="space-y-4 text-center text-sm text-faint print:hidden">
        <p>{shop.receipt.saved}</p>
        <p className="flex flex-wrap justify-center gap-3">
          {mayBuyAgain && order.lines[0] ? (
            <a href={`/${locale}/products/${order.lines[0].productSlug}`} className={buttonClass({ size: "sm" })}>
              {shop.order.buyAgain}
            </a>
          ) : null}
          <a href={`/${locale}`} className={buttonClass({ size: "sm", variant: "quiet" })}>
            {shop.order.backHome}
          </a>
        </p>
      </footer>
    </article>
  );
}

interface PartProps {
  order: OrderView;
  locale: Locale;
}

/** A transfer takes longer than the deadline: until it is found, this page is where the buyer says that he has sent it. */
function LateTransfer({ order, id, locale }: Readonly<PartProps & { id: string }>) {
  if (order.isPayable || !order.payments.some(({ kind }) => kind === "transfer")) return null;
  if (order.status === "delivered" || order.paidMinor > 0n) return null;
  return (
    <Card>
      <TransferReport orderId={id} order={order} locale={locale} action={reportTransferAction} />
    </Card>
  );
}

function Figures({ order, locale }: Readonly<PartProps>) {
  const t = getMessages(locale).shop.order;
  const amount = (minor: bigint) => formatMinor(minor.toString(), order.currency, locale);
  const rows: [string, string][] = [
    [t.number, order.number],
    [t.placedAt, formatDate(order.createdAt, locale)],
    ...(order.deliveredAt ? [[t.deliveredAt, formatDate(order.deliveredAt, locale)] as [string, string]] : []),
    ...(order.paidMinor > 0n && order.paidMinor !== order.totalMinor
      ? [[t.paid, amount(order.paidMinor)] as [string, string]]
      : []),
    [t.total, amount(order.totalMinor)],
  ];
  return (
    <dl className="figures grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm">
      {rows.map(([name, value], index) => (
        <div key={name} className="contents">
          <dt className="text-faint">{name}</dt>
          <dd className={index === rows.length - 1 ? "text-right text-base font-semibold" : "text-right"}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

async function Cards({ order, id, locale }: Readonly<PartProps & { id: string }>) {
  const { disputes, shop } = getMessages(locale);
  const { common, receipt } = shop;
  const replacements = await findBuyersReplacements(getDeps(), order.id);
  const notes = [...new Set(order.lines.map((line) => (locale === "zh" ? line.usageNoteZh : line.usageNoteEn)))];
  return (
    <Card className="space-y-5">
      <RevealPanel
        orderId={id}
        number={order.number}
        count={order.quantity}
        t={{ ...receipt, ...common }}
        locale={locale}
        replacements={replacements.map(({ position, status }) => ({ position, status }))}
        report={{
          href: `/${locale}/orders/${id}/disputes/new`,
          label: disputes.buyer.report,
          row: disputes.buyer.reportRow,
        }}
      />
      <Quota orderId={order.id} locale={locale} />
      <Warranty orderId={order.id} locale={locale} />
      {notes.filter(Boolean).map((note) => (
        <section key={note} className="border-t pt-4">
          <h2 className="mb-1 font-semibold">{receipt.usage}</h2>
          <Prose html={renderMarkdown(note)} />
        </section>
      ))}
      <OrderDisputes order={order} path={`/${locale}/orders/${id}`} locale={locale} />
    </Card>
  );
}
