import { QrCode } from "@/components/shop/qr-code";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { DeviceKind } from "@/lib/entry/device-kind";
import type { WayToPay } from "@/lib/features/payments/way-to-pay";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";

interface QrWayProps {
  way: Extract<WayToPay, { kind: "qrcode" }>;
  device: DeviceKind;
  locale: Locale;
}

/** A code for the wallet that it belongs to; on the phone that holds the wallet, a button in front of it. */
export function QrWay({ way: { code, wallet, url }, device, locale }: Readonly<QrWayProps>) {
  const t = getMessages(locale).shop.pay;
  const isStuck = device === "wechat" && wallet === "alipay";
  const isPhone = device !== "desktop";
  return (
    <div className="space-y-4">
      {isStuck ? <Notice tone="seal">{t.notInWechat}</Notice> : null}
      {url && !isStuck ? (
        <a
          href={url}
          rel="noopener noreferrer"
          className={`${buttonClass({ variant: "seal", size: "lg" })} w-full ${isPhone ? "" : "sm:hidden"}`}
        >
          {t.openApp[wallet]}
        </a>
      ) : null}
      <figure className="flex flex-col items-center gap-2">
        <QrCode text={code} title={t.code[wallet]} isLarge />
        <figcaption className="font-medium">{t.scan[wallet]}</figcaption>
      </figure>
      <p className={`text-sm text-faint ${isPhone ? "" : "sm:hidden"}`}>{t.onPhone}</p>
      <DemoPhone code={code} locale={locale} />
    </div>
  );
}

/** In a demo there is no wallet to scan with; its gateways bring a phone of their own. */
function DemoPhone({ code, locale }: Readonly<{ code: string; locale: Locale }>) {
  const { demoPhoneUrl } = getDeps().env;
  if (demoPhoneUrl === null) return null;
  const t = getMessages(locale).shop.pay;
  return (
    <p className="border-t border-dashed pt-4 text-sm text-soft">
      {t.demoPhone}{" "}
      <a
        href={`${demoPhoneUrl}/scan?code=${encodeURIComponent(code)}`}
        target="_blank"
        rel="noopener noreferrer"
        data-demo-phone
        className="font-medium text-cinnabar underline underline-offset-4"
      >
        {t.demoScan}
      </a>
    </p>
  );
}
