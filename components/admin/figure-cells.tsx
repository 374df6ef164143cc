import { type Figure, figureOf } from "@/lib/features/reports/rules";
import { formatCount, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface AmountProps {
  locale: Locale;
  figures: readonly Figure[];
  name: string;
  currency: string;
}

/** An amount with how many it is the sum of under it; a dash where there is none. */
export function Amount({ locale, figures, name, currency }: Readonly<AmountProps>) {
  const { quantity, amountMinor } = figureOf(figures, name, currency);
  if (quantity === 0n && amountMinor === 0n) return <span className="text-faint">—</span>;
  return (
    <span className="figures whitespace-nowrap">
      {formatMinor(amountMinor.toString(), currency, locale)}
      <span className="block text-xs text-faint">{formatCount(Number(quantity), locale)}</span>
    </span>
  );
}

/** By how much a figure changes, with its sign; of an amount the number of its parts stands under it. */
export function Change({ locale, figure }: Readonly<{ locale: Locale; figure: Figure }>) {
  const { quantity, amountMinor, label } = figure;
  const sign = (n: bigint) => (n > 0n ? "+" : "");
  return (
    <span className="figures whitespace-nowrap">
      {amountMinor === null ? null : `${sign(amountMinor)}${formatMinor(amountMinor.toString(), label, locale)}`}
      <span className={amountMinor === null ? undefined : "block text-xs text-faint"}>
        {`${sign(quantity)}${formatCount(Number(quantity), locale)}`}
      </span>
    </span>
  );
}
