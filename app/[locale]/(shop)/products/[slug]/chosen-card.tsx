import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { BuyChosen } from "./buy-state";

interface ChosenCardProps {
  card: BuyChosen;
  extraMinor: string;
  currency: string;
  /** Somebody else has it by now. */
  isTaken: boolean;
  /** The form has said so already. */
  isTold: boolean;
  locale: Locale;
  t: ReturnType<typeof getMessages>["shop"]["choose"];
}

/** The card that this order is for, in place of a quantity; and the two ways out of it. */
export function ChosenCard({ card, extraMinor, currency, isTaken, isTold, locale, t }: Readonly<ChosenCardProps>) {
  const link = "inline-block py-2 text-sm underline decoration-edge underline-offset-4 hover:decoration-ink";
  return (
    <section aria-label={t.chosen} className="rounded-md border border-ink p-3">
      <input type="hidden" name="card" value={card.id} />
      <input type="hidden" name="cardExtra" value={extraMinor} />
      <input type="hidden" name="quantity" value="1" />
      <p className="text-sm text-faint">{t.chosen}</p>
      <p className="mt-0.5 flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="figures text-lg font-semibold wrap-anywhere">{card.preview}</span>
        <span className="figures text-sm text-soft">
          {extraMinor === "0" ? t.noExtra : fill(t.extra, { amount: formatMinor(extraMinor, currency, locale) })}
        </span>
      </p>
      {isTaken && !isTold ? (
        <Notice tone="seal" role="alert" className="mt-2">
          {t.gone}
        </Notice>
      ) : null}
      {isTaken ? null : <p className="mt-1 text-sm text-soft">{t.hold}</p>}
      <p className="mt-1 flex flex-wrap gap-x-5">
        <a href={card.listHref} className={link}>
          {isTaken ? t.see : t.other}
        </a>
        <a href={card.productHref} className={link}>
          {t.none}
        </a>
      </p>
    </section>
  );
}
