import clsx from "clsx";
import { Badge } from "@/components/ui/badge";
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

/** The card that this order is for, in place of a quantity; and the ways out of it. */
export function ChosenCard({ card, extraMinor, currency, isTaken, isTold, locale, t }: Readonly<ChosenCardProps>) {
  const link = "inline-block py-2 text-sm underline decoration-edge underline-offset-4 hover:decoration-ink";
  return (
    <section aria-label={t.chosen} className={clsx("rounded-md border p-3", isTaken ? "border-line" : "border-ink")}>
      <input type="hidden" name="card" value={card.id} />
      <input type="hidden" name="cardExtra" value={extraMinor} />
      <input type="hidden" name="quantity" value="1" />
      <p className="text-sm text-faint">{t.chosen}</p>
      <p className="mt-0.5 flex flex-wrap items-baseline justify-between gap-x-4">
        <span
          className={clsx(
            "figures text-lg font-semibold wrap-anywhere",
            isTaken && "text-faint line-through decoration-1",
          )}
        >
          {card.preview}
        </span>
        {isTaken ? null : (
          <span className="figures text-sm text-soft">
            {extraMinor === "0" ? t.noExtra : fill(t.extra, { amount: formatMinor(extraMinor, currency, locale) })}
          </span>
        )}
        {isTaken && isTold ? <Badge tone="seal">{t.taken}</Badge> : null}
      </p>
      {isTaken && !isTold ? (
        <Notice tone="seal" role="alert" className="mt-2">
          {t.gone}
        </Notice>
      ) : null}
      {isTaken ? null : <p className="mt-1 text-sm text-soft">{t.hold}</p>}
      <p className="mt-1 flex flex-wrap gap-x-5">
        {isTaken ? null : (
          <a href={card.listHref} className={link}>
            {t.other}
          </a>
        )}
        <a href={card.productHref} className={link}>
          {t.none}
        </a>
      </p>
    </section>
  );
}
