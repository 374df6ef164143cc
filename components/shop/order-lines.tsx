import { smallPicture } from "@/lib/features/catalog/rules";
import type { OrderLineView } from "@/lib/features/orders/view";
import { formatCount, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface OrderLinesProps {
  lines: readonly OrderLineView[];
  currency: string;
  locale: Locale;
}

export function OrderLines({ lines, currency, locale }: Readonly<OrderLinesProps>) {
  return (
    <ul className="divide-y">
      {lines.map((line) => (
        <li key={line.variantId} className="flex items-center gap-3 py-3">
          {line.picture ? (
            <img
              src={smallPicture(line.picture)}
              alt=""
              width={480}
              height={360}
              className="aspect-4/3 w-14 shrink-0 rounded-sm border bg-sunken object-cover print:hidden"
            />
          ) : null}
          <span className="min-w-0 flex-1">
            <span className="block font-medium">{locale === "zh" ? line.titleZh : line.titleEn}</span>
            <span className="figures block text-sm text-soft">
              {locale === "zh" ? line.variantTitleZh : line.variantTitleEn} × {formatCount(line.quantity, locale)}
            </span>
            {line.chosen ? (
              <span className="block text-sm wrap-anywhere">
                {line.chosen.preview}
                {line.chosen.extraMinor > 0n ? (
                  <span className="figures text-soft">
                    {" "}
                    +{formatMinor(line.chosen.extraMinor.toString(), currency, locale)}
                  </span>
                ) : null}
              </span>
            ) : null}
          </span>
          <span className="figures">
            {formatMinor((line.unitPriceMinor * BigInt(line.quantity)).toString(), currency, locale)}
          </span>
        </li>
      ))}
    </ul>
  );
}
