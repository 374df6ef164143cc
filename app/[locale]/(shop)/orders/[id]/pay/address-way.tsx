import { QrCode } from "@/components/shop/qr-code";
import { buttonClass } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import type { OrderView } from "@/lib/features/orders/view";
import type { WayToPay } from "@/lib/features/payments/way-to-pay";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface AddressWayProps {
  way: Extract<WayToPay, { kind: "address" }>;
  order: OrderView;
  locale: Locale;
}

/** Exactly this much of this coin over this network to this address; everything that can go wrong is said before it does. */
export function AddressWay({ way, order, locale }: Readonly<AddressWayProps>) {
  const { pay, common } = getMessages(locale).shop;
  const t = pay.address;
  const { address, network, amount, coin, url } = way;
  const price = formatMinor(order.totalMinor.toString(), order.currency, locale);
  const words = { copiedLabel: common.copied, failedLabel: common.copyFailed };
  return (
    <div className="space-y-5">
      <p className="font-medium">{t.lead}</p>
      <dl className="divide-y border-y text-left">
        <div className="flex items-center justify-between gap-4 py-3">
          <dt className="text-sm text-faint">{t.network}</dt>
          <dd className="rounded-sm border-2 border-cinnabar px-2 py-0.5 text-lg font-semibold text-cinnabar">
            {network}
          </dd>
        </div>
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
          <dt className="text-sm text-faint">{t.amount}</dt>
          <dd className="flex flex-wrap items-center justify-end gap-3">
            <span className="figures text-xl font-semibold">
              <span className="select-all" data-coin-amount>
                {amount}
              </span>{" "}
              {coin}
            </span>
            <CopyButton text={amount} label={pay.copyAmount} {...words} />
          </dd>
        </div>
        <div className="space-y-2 py-3">
          <dt className="flex items-center justify-between gap-4 text-sm text-faint">
            {t.address}
            <CopyButton text={address} label={t.copyAddress} {...words} />
          </dt>
          <dd className="secret-text select-all break-all text-[0.9375rem]" data-coin-address>
            {address}
          </dd>
        </div>
      </dl>
      <Notice tone="seal" className="text-left" title={fill(t.warnTitle, { network, amount, coin })}>
        {t.warn}
      </Notice>
      <figure className="flex flex-col items-center gap-2">
        <QrCode text={address} title={t.qr} />
        <figcaption className="text-sm text-soft">{t.qr}</figcaption>
      </figure>
      <p className="text-sm text-faint">{fill(t.price, { amount: price })}</p>
      {url ? (
        <a href={url} target="_blank" rel="noopener noreferrer" className={`${buttonClass()} w-full`}>
          {t.page}
        </a>
      ) : null}
    </div>
  );
}
