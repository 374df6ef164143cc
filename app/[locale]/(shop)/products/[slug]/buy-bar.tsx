"use client";

import { Button, buttonClass } from "@/components/ui/button";
import { unitPriceMinor } from "@/lib/features/catalog/pricing";
import type { getMessages } from "@/lib/i18n";
import { formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { BuyVariant } from "./buy-state";

interface BuyBarProps {
  variant: BuyVariant;
  quantity: number;
  isPending: boolean;
  isOpen: boolean;
  /** Where this cannot be bought, and what to do in its place is known. */
  instead: { readonly why: string; readonly act: string; readonly href: string } | null;
  locale: Locale;
  t: ReturnType<typeof getMessages>["shop"]["product"];
}

const BAR =
  "z-10 flex items-center justify-between gap-4 border-t bg-surface py-3 max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:px-4 max-lg:pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:pt-5 lg:pb-0";

/** The total and the button; on a phone they stay at the thumb. */
export function BuyBar({ variant, quantity, isPending, isOpen, instead, locale, t }: Readonly<BuyBarProps>) {
  const isInRange = quantity >= variant.quantityMin && quantity <= variant.quantityMax;
  if (instead)
    return (
      <div data-buy-bar className={BAR}>
        <p className="min-w-0 text-sm text-soft">{instead.why}</p>
        <a href={instead.href} className={buttonClass({ variant: "seal", size: "lg" })}>
          {instead.act}
        </a>
      </div>
    );
  return (
    <div data-buy-bar className={BAR}>
      <p className="min-w-0">
        <span className="block text-xs text-faint">{variant.closed || (variant.isSoldOut ? t.soldOut : t.total)}</span>
        <output className="figures block truncate text-xl font-semibold nojs:hidden" htmlFor="quantity">
          {isInRange ? formatMinor(totalOf(variant, quantity), variant.currency, locale) : "–"}
        </output>
      </p>
      <Button type="submit" variant="seal" size="lg" disabled={!isOpen || isPending} aria-busy={isPending || undefined}>
        {variant.isSoldOut ? variant.closed || t.soldOutShort : isPending ? t.buying : t.buy}
      </Button>
    </div>
  );
}

function totalOf(variant: BuyVariant, quantity: number): string {
  const tiers = variant.tiers.map((tier) => ({ ...tier, unitPriceMinor: BigInt(tier.unitPriceMinor) }));
  return (unitPriceMinor(BigInt(variant.priceMinor), tiers, quantity) * BigInt(quantity)).toString();
}
