import clsx from "clsx";
import { BandBadge } from "@/components/shop/band-badge";
import type { getMessages } from "@/lib/i18n";
import { formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { BuyVariant } from "./buy-state";

interface VariantPickerProps {
  variants: readonly BuyVariant[];
  chosenId: string;
  locale: Locale;
  label: string;
  band: ReturnType<typeof getMessages>["shop"]["band"];
}

export function VariantPicker({ variants, chosenId, locale, label, band }: Readonly<VariantPickerProps>) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className={clsx("grid gap-2", variants.length > 1 && "sm:grid-cols-2")}>
        {variants.map((variant) => (
          <label
            key={variant.id}
            className="relative flex min-h-12 items-center justify-between gap-3 rounded-md border border-edge bg-surface px-3 py-2 has-checked:border-ink has-checked:ring-1 has-checked:ring-ink has-disabled:border-line has-disabled:text-faint has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-cinnabar hover:border-ink"
          >
            <input
              type="radio"
              name="variantId"
              value={variant.id}
              defaultChecked={variant.id === chosenId}
              disabled={variant.isSoldOut}
              required
              className="absolute inset-0 cursor-pointer appearance-none rounded-md outline-none disabled:cursor-not-allowed"
            />
            <span className="font-medium">{variant.title}</span>
            <span className="figures flex items-center gap-2 text-sm text-soft">
              {variant.closed || (variant.isSoldOut ? <BandBadge band="sold_out" t={band} /> : null)}
              {variant.isLow ? <BandBadge band="low" t={band} /> : null}
              {formatMinor(variant.priceMinor, variant.currency, locale)}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
