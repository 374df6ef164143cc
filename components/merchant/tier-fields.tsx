"use client";

import { useForm } from "@/components/form/action-form";
import { Input } from "@/components/ui/input";
import { limits } from "@/lib/kernel/limits";

interface TierFieldsProps {
  tiers: readonly { quantity: string; price: string }[];
  t: { title: string; hint: string; from: string; price: string };
}

/** As many rows as are filled and two more; empty ones do not count, so nothing needs adding or removing. */
export function TierFields({ tiers, t }: Readonly<TierFieldsProps>) {
  const { id, errorOf } = useForm();
  const error = errorOf("tierQuantity") ?? errorOf("tierPrice");
  const count = Math.min(limits.priceTiersMax, tiers.length + 2);
  return (
    <fieldset aria-describedby={error ? `${id}tiers-error` : `${id}tiers-hint`}>
      <legend className="text-sm font-medium">{t.title}</legend>
      <p id={`${id}tiers-hint`} className="mt-1 mb-2 text-sm text-faint">
        {t.hint}
      </p>
      <div className="grid max-w-md gap-2">
        {Array.from({ length: count }, (_, row) => (
          <div
            key={`${row}-${tiers[row]?.quantity ?? ""}-${tiers[row]?.price ?? ""}`}
            className="grid grid-cols-2 gap-2"
          >
            <Input
              name="tierQuantity"
              aria-label={`${t.from} ${row + 1}`}
              placeholder={t.from}
              inputMode="numeric"
              aria-invalid={errorOf("tierQuantity") ? true : undefined}
              defaultValue={tiers[row]?.quantity}
            />
            <Input
              name="tierPrice"
              aria-label={`${t.price} ${row + 1}`}
              placeholder={t.price}
              inputMode="decimal"
              aria-invalid={errorOf("tierPrice") ? true : undefined}
              defaultValue={tiers[row]?.price}
            />
          </div>
        ))}
      </div>
      {error ? (
        <p id={`${id}tiers-error`} className="mt-1.5 text-sm text-cinnabar">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
