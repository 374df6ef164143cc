import { QrCode } from "@/components/shop/qr-code";
import { buttonClass } from "@/components/ui/button";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

/** A longer address makes a code that no camera likes. */
const CODE_LETTERS_MAX = 600;

/** The gateway's own page: a button, and on a wide screen its code too, for whoever pays with a phone. */
export function RedirectWay({ url, locale }: Readonly<{ url: string; locale: Locale }>) {
  const t = getMessages(locale).shop.pay;
  return (
    <div className="space-y-4">
      {url.length <= CODE_LETTERS_MAX ? (
        <figure className="hidden flex-col items-center gap-2 sm:flex">
          <QrCode text={url} title={t.code.any} />
          <figcaption className="text-sm text-soft">{t.scanPage}</figcaption>
        </figure>
      ) : null}
      <div>
        <a
          href={url}
          target="_blank"
          rel="noopener noreferrer"
          className={`${buttonClass({ variant: "seal", size: "lg" })} w-full`}
        >
          {t.goPay}
        </a>
        <p className="mt-2 text-sm text-faint">{t.goPayHint}</p>
      </div>
    </div>
  );
}
