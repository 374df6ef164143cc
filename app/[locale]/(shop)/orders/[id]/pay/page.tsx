import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SubmitButton } from "@/components/form/submit-button";
import { OrderLines } from "@/components/shop/order-lines";
import { OrderMissing } from "@/components/shop/order-missing";
import { stateOf } from "@/components/shop/order-state";
import { OrderWatch } from "@/components/shop/order-watch";
import { QrCode } from "@/components/shop/qr-code";
import { TransferReport } from "@/components/shop/transfer-report";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { findHeldOrder } from "@/lib/entry/held-orders";
import type { OrderView } from "@/lib/features/orders/view";
import { openAccounts } from "@/lib/features/payments/accounts";
import { getMessages } from "@/lib/i18n";
import { fill, formatDate, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { type Currency, money, toDecimal } from "@/lib/kernel/money";
import { getDeps } from "@/lib/platform/deps";
import { localeOf } from "../../../page-locale";
import { reportTransferAction } from "../transfer/actions";
import { cancelOrderAction, startPaymentAction } from "./actions";
import { Countdown } from "./countdown";
import { PaidButton } from "./paid-button";

interface PayProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: Promise<{ via?: string | string[] }>;
}

export async function generateMetadata({ params }: PayProps): Promise<Metadata> {
  return { title: getMessages(await localeOf(params)).shop.pay.title, robots: { index: false } };
}

export default async function Pay({ params, searchParams }: Readonly<PayProps>) {
  const locale = await localeOf(params);
  const { id } = await params;
  const { via } = await searchParams;
  const order = await findHeldOrder(getDeps(), id);
  if (!order) return <OrderMissing locale={locale} />;
  if (!order.isPayable) redirect(`/${locale}/orders/${id}`);
  const { shop, errors } = getMessages(locale);
  const t = shop.pay;
  const payment = order.payments.findLast(({ accountId }) => accountId === via) ?? order.payments.at(-1);
  const amount = formatMinor(order.totalMinor.toString(), order.currency, locale);
  return (
    <div className="mx-auto max-w-md space-y-5">
      <noscript>
        <meta httpEquiv="refresh" content="15" />
      </noscript>
      <header className="text-center">
        <h1 className="text-lg font-semibold">{t.heading}</h1>
        <p className="figures mt-0.5 text-sm text-faint">
          {t.order} {order.number}
        </p>
      </header>
      <Card className="space-y-5 text-center">
        <div>
          <p className="text-sm text-faint">{t.amount}</p>
          <p className="figures mt-1 text-4xl font-semibold tracking-tight">{amount}</p>
          <div className="mt-2">
            <CopyButton
              text={toDecimal(money(order.totalMinor, order.currency as Currency))}
              label={t.copyAmount}
              copiedLabel={shop.common.copied}
              failedLabel={shop.common.copyFailed}
              variant="quiet"
            />
          </div>
          <Countdown leftMs={order.deadlineAt.getTime() - order.serverNow.getTime()} label={t.remaining} />
          <p className="text-sm text-soft js:hidden">
            {fill(t.deadline, { time: formatDate(order.deadlineAt, locale) })}
          </p>
        </div>
        {payment ? <WayToPay payment={payment} t={t} /> : null}
        <PaidButton orderId={id} locale={locale} t={t} errors={errors} />
        <OrderWatch
          orderId={id}
          state={stateOf(order)}
          href={`/${locale}/orders/${id}`}
          waiting={t.waiting}
          offline={shop.common.offline}
        />
        <TransferReport orderId={id} order={order} locale={locale} action={reportTransferAction} />
      </Card>
      <div className="space-y-1 text-center text-sm text-faint">
        <p>{t.exact}</p>
        <p>{t.late}</p>
      </div>
      <OtherWays order={order} current={payment?.accountId} id={id} locale={locale} />
      <Card className="py-2 sm:py-3">
        <OrderLines lines={order.lines} currency={order.currency} locale={locale} />
      </Card>
      <details className="text-center text-sm">
        <summary className="inline-block rounded-sm px-3 py-2 text-faint underline-offset-4 hover:text-ink hover:underline">
          {t.cancel}
        </summary>
        <form action={cancelOrderAction} className="mt-2 space-y-3">
          <input type="hidden" name="orderId" value={id} />
          <input type="hidden" name="locale" value={locale} />
          <p className="text-soft">{t.cancelConfirm}</p>
          <SubmitButton size="sm" pendingLabel={shop.common.loading}>
            {t.cancelYes}
          </SubmitButton>
        </form>
      </details>
    </div>
  );
}

type PayWords = ReturnType<typeof getMessages>["shop"]["pay"];

function WayToPay({ payment, t }: Readonly<{ payment: OrderView["payments"][number]; t: PayWords }>) {
  const code = payment.text ?? payment.url;
  return (
    <div className="space-y-4">
      {code ? (
        <figure
          className={payment.url ? "hidden flex-col items-center gap-2 sm:flex" : "flex flex-col items-center gap-2"}
        >
          <QrCode text={code} title={t.scan} />
          <figcaption className="text-sm text-soft">{t.scan}</figcaption>
        </figure>
      ) : null}
      {payment.url ? (
        <div>
          <a
            href={payment.url}
            target="_blank"
            rel="noopener noreferrer"
            className={`${buttonClass({ variant: "seal", size: "lg" })} w-full`}
          >
            {t.goPay}
          </a>
          <p className="mt-2 text-sm text-faint">{t.goPayHint}</p>
        </div>
      ) : null}
    </div>
  );
}

interface OtherWaysProps {
  order: OrderView;
  current: string | undefined;
  id: string;
  locale: Locale;
}

async function OtherWays({ order, current, id, locale }: Readonly<OtherWaysProps>) {
  const t = getMessages(locale).shop.pay;
  const accounts = [...(await openAccounts(getDeps())).values()].filter(
    (account) => account.isActive && account.currency === order.currency && account.id !== current,
  );
  if (accounts.length === 0) return null;
  return (
    <form action={startPaymentAction} className="flex flex-wrap items-center justify-center gap-2">
      <input type="hidden" name="orderId" value={id} />
      <input type="hidden" name="locale" value={locale} />
      <span className="text-sm text-faint">{t.otherWays}</span>
      {accounts.map((account) => (
        <SubmitButton key={account.id} name="gateway" value={account.id} size="sm" pendingLabel={t.checking}>
          {locale === "zh" ? account.titleZh : account.titleEn}
        </SubmitButton>
      ))}
    </form>
  );
}
