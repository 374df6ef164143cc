import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SubmitButton } from "@/components/form/submit-button";
import { BalanceWay } from "@/components/shop/balance-way";
import { OrderLines } from "@/components/shop/order-lines";
import { OrderMissing } from "@/components/shop/order-missing";
import { stateOf } from "@/components/shop/order-state";
import { OrderWatch } from "@/components/shop/order-watch";
import { TransferReport } from "@/components/shop/transfer-report";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { askOnReturn } from "@/lib/entry/ask-on-return";
import { deviceKindOf } from "@/lib/entry/device-kind";
import { findHeldOrder } from "@/lib/entry/held-orders";
import { currentClient } from "@/lib/entry/peer";
import type { OrderView } from "@/lib/features/orders/view";
import { findAccount } from "@/lib/features/payments/accounts";
import { listWaysToPay } from "@/lib/flows/list-ways-to-pay";
import { getMessages } from "@/lib/i18n";
import { fill, formatDate, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { localeOf } from "../../../page-locale";
import { payWithBalanceAction } from "../../../wallet/actions";
import { reportTransferAction } from "../transfer/actions";
import { cancelOrderAction } from "./actions";
import { Countdown } from "./countdown";
import { NotStarted, OtherWays } from "./other-ways";
import { PaidButton } from "./paid-button";
import type { PayScene } from "./pay-scene";
import { PayWay } from "./pay-way";

const UNASKABLE: ReadonlySet<string> = new Set(["transfer", "balance"]);

interface PayProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: Promise<{ via?: string | string[]; plain?: string; no?: string }>;
}

export async function generateMetadata({ params }: PayProps): Promise<Metadata> {
  return { title: getMessages(await localeOf(params)).shop.pay.title, robots: { index: false } };
}

/** The payment that the address names by its account, or the latest; with everything that its way to pay is told by. */
async function sceneOf(
  order: OrderView,
  locale: Locale,
  { via, plain }: { via: unknown; plain: unknown },
): Promise<PayScene> {
  const client = await currentClient();
  const payment = order.payments.findLast(({ accountId }) => accountId === via) ?? order.payments.at(-1) ?? null;
  const account = payment && (await findAccount(getDeps(), payment.accountId));
  return {
    order,
    payment,
    locale,
    gateway: account?.kind ?? null,
    title: (locale === "zh" ? account?.titleZh : account?.titleEn) ?? payment?.accountId ?? "",
    isPlain: plain === "1",
    payer: { clientIp: client.ip, device: deviceKindOf(client.userAgent) },
  };
}

export default async function Pay({ params, searchParams }: Readonly<PayProps>) {
  const locale = await localeOf(params);
  const { id } = await params;
  const asked = await searchParams;
  const order = await findHeldOrder(getDeps(), id);
  if (!order) return <OrderMissing locale={locale} />;
  if (!order.isPayable) redirect(`/${locale}/orders/${id}`);
  await askOnReturn(getDeps(), order.id);
  const scene = await sceneOf(order, locale, { via: asked.via, plain: asked.plain });
  const ways = await listWaysToPay(getDeps(), order);
  const { shop, errors } = getMessages(locale);
  const t = shop.pay;
  const words = { iPaid: t.iPaid, checking: t.checking, pending: t.checkedPending };
  return (
    <div className="mx-auto max-w-md space-y-5">
      <header className="text-center">
        <h1 className="text-lg font-semibold">{t.heading}</h1>
        <p className="figures mt-0.5 text-sm text-faint">
          {t.order} {order.number}
        </p>
      </header>
      <NotStarted code={asked.no} via={asked.via} ways={ways} locale={locale} />
      {order.promisedBy ? (
        <Notice title={t.promised.title}>{fill(t.promised.text, { due: formatDate(order.promisedBy, locale) })}</Notice>
      ) : null}
      <Card className="space-y-5 text-center">
        <Due order={order} locale={locale} />
        {scene.payment?.kind === "balance" ? (
          <BalanceWay orderId={id} order={order} locale={locale} action={payWithBalanceAction} />
        ) : (
          <PayWay scene={scene} />
        )}
        {/* Of a transfer or a balance no gateway could tell anything: the one is reported to a person, the other is ours to know. */}
        {scene.payment && UNASKABLE.has(scene.payment.kind) ? null : (
          <PaidButton orderId={id} locale={locale} t={words} errors={errors} />
        )}
        <OrderWatch
          orderId={id}
          state={stateOf(order)}
          href={`/${locale}/orders/${id}`}
          waiting={t.waiting}
          offline={shop.common.offline}
        />
        <TransferReport orderId={id} order={order} locale={locale} action={reportTransferAction} />
      </Card>
      <OtherWays ways={ways} current={scene.payment?.accountId} id={id} locale={locale} />
      <div className="space-y-1 text-center text-sm text-faint">
        <p>{t.exact}</p>
        <p>{t.late}</p>
      </div>
      <Card className="py-2 sm:py-3">
        <OrderLines lines={order.lines} currency={order.currency} locale={locale} />
      </Card>
      <Cancel id={id} locale={locale} />
    </div>
  );
}

function Due({ order, locale }: Readonly<{ order: OrderView; locale: Locale }>) {
  const t = getMessages(locale).shop.pay;
  return (
    <div>
      <p className="text-sm text-faint">{t.amount}</p>
      <p className="figures mt-1 text-4xl font-semibold tracking-tight">
        {formatMinor(order.totalMinor.toString(), order.currency, locale)}
      </p>
      <Countdown leftMs={order.deadlineAt.getTime() - order.serverNow.getTime()} label={t.remaining} over={t.over} />
      <p className="text-sm text-soft js:hidden">{fill(t.deadline, { time: formatDate(order.deadlineAt, locale) })}</p>
    </div>
  );
}

function Cancel({ id, locale }: Readonly<{ id: string; locale: Locale }>) {
  const { pay: t, common } = getMessages(locale).shop;
  return (
    <details className="text-center text-sm">
      <summary className="inline-block rounded-sm px-3 py-2 text-faint underline-offset-4 hover:text-ink hover:underline">
        {t.cancel}
      </summary>
      <form action={cancelOrderAction} className="mt-2 space-y-3">
        <input type="hidden" name="orderId" value={id} />
        <input type="hidden" name="locale" value={locale} />
        <p className="text-soft">{t.cancelConfirm}</p>
        <SubmitButton size="sm" pendingLabel={common.loading}>
          {t.cancelYes}
        </SubmitButton>
      </form>
    </details>
  );
}
