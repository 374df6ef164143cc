import clsx from "clsx";
import type { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { BuyVariant } from "./buy-state";

interface TierTableProps {
  variant: BuyVariant;
  isChosen: boolean;
  quantity: number;
  locale: Locale;
  t: ReturnType<typeof getMessages>["shop"]["product"];
}

/** The price at each quantity, with the row in force marked. Without scripts every option shows its own. */
export function TierTable({ variant, isChosen, quantity, locale, t }: Readonly<TierTableProps>) {
  const rows = [{ quantityMin: variant.quantityMin, unitPriceMinor: variant.priceMinor }, ...variant.tiers];
  const reached = rows.findLastIndex((row) => row.quantityMin <= quantity);
  return (
    <table className={clsx("w-full text-sm", !isChosen && "js:hidden")}>
      <caption className="mb-1.5 text-left font-medium">
        <span className="nojs:hidden">{t.tiers}</span>
        <span className="js:hidden">{fill(t.inVariant, { title: variant.title })}</span>
      </caption>
      <tbody className="figures">
        {rows.map((row, index) => (
          <tr
            key={row.quantityMin}
            className={clsx("border-t", index === reached && isChosen ? "text-ink js:bg-wash" : "text-soft")}
          >
            <th scope="row" className="px-3 py-2 text-left font-normal">
              {fill(t.tierFrom, { count: formatCount(row.quantityMin, locale) })}
              {index === reached && isChosen ? (
                <span className="ml-2 text-xs font-medium text-cinnabar nojs:hidden">{t.tierReached}</span>
              ) : null}
            </th>
            <td className={clsx("px-3 py-2 text-right", index === reached && isChosen && "font-semibold")}>
              {formatMinor(row.unitPriceMinor, variant.currency, locale)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
