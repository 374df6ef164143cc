import { buttonClass } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import type { PaymentView } from "@/lib/features/orders/place-command";
import type { WayToPay } from "@/lib/features/payments/way-to-pay";
import { getMessages } from "@/lib/i18n";
import { fill, formatDate } from "@/lib/i18n/format";
import { toPublicId } from "@/lib/kernel/id";
import { type Currency, money, toDecimal } from "@/lib/kernel/money";
import { AddressWay } from "./address-way";
import { Countdown } from "./countdown";
import { Fresh } from "./fresh";
import type { PayScene } from "./pay-scene";
import { QrWay } from "./qr-way";
import { RedirectWay } from "./redirect-way";
import { TransferWay } from "./transfer-way";

export type ShownWay = Exclude<WayToPay, { kind: "on_request" | "unsupported" }>;

interface WayViewProps {
  way: ShownWay;
  scene: PayScene;
  payment: PaymentView;
}

/** One way to pay with what goes around it: its name, the amount to copy, and the gateway's own hurry. */
export function WayView({ way, scene, payment }: Readonly<WayViewProps>) {
  const { order, locale, title } = scene;
  const { pay: t, common } = getMessages(locale).shop;
  const now = order.serverNow.getTime();
  const { closesAt, staleAt } = payment;
  const closesFirst = closesAt && closesAt.getTime() < order.deadlineAt.getTime() - 1_000 ? closesAt : null;
  const goesStale = staleAt && staleAt.getTime() < order.deadlineAt.getTime();
  return (
    <div className="space-y-4">
      <p className="text-sm text-faint">{fill(t.by, { way: title })}</p>
      {way.kind === "address" || way.kind === "transfer" ? null : (
        <CopyButton
          text={toDecimal(money(order.totalMinor, order.currency as Currency))}
          label={t.copyAmount}
          copiedLabel={common.copied}
          failedLabel={common.copyFailed}
          variant="quiet"
        />
      )}
      <OneWay way={way} scene={scene} payment={payment} />
      {closesFirst ? (
        <div>
          <Countdown leftMs={closesFirst.getTime() - now} label={t.gatewayCloses} over={t.over} />
          <p className="text-sm text-soft js:hidden">
            {fill(t.gatewayDeadline, { time: formatDate(closesFirst, locale) })}
          </p>
        </div>
      ) : null}
      {goesStale ? <Fresh afterMs={staleAt.getTime() - now} label={t.stale} /> : null}
    </div>
  );
}

function OneWay({ way, scene, payment }: Readonly<WayViewProps>) {
  const { order, locale, payer } = scene;
  const t = getMessages(locale).shop.pay;
  switch (way.kind) {
    case "redirect":
      return <RedirectWay url={way.url} locale={locale} />;
    case "form": {
      const href = `/api/v1/orders/${toPublicId("order", order.id)}/payments/${toPublicId("attempt", payment.id)}/form`;
      return (
        <div>
          <a
            href={href}
            target="_blank"
            rel="noopener noreferrer"
            className={`${buttonClass({ variant: "seal", size: "lg" })} w-full`}
          >
            {t.goPay}
          </a>
          <p className="mt-2 text-sm text-faint">{fill(t.form.lead, { host: way.host })}</p>
        </div>
      );
    }
    case "qrcode":
      return <QrWay way={way} device={payer.device} locale={locale} />;
    case "address":
      return <AddressWay way={way} order={order} locale={locale} />;
    case "transfer":
      return <TransferWay way={way} order={order} locale={locale} />;
  }
}
