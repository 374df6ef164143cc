import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { AreaField, SelectField, TextField } from "@/components/form/fields";
import type { VariantRow } from "@/lib/features/merchants/products";
import { PRODUCT_STATUSES, STOCK_POLICIES } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { inBrackets, withName } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { writeShopTime } from "@/lib/i18n/shop-time";
import { readBuyerFields } from "@/lib/kernel/buyer-fields";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES, type Currency, money, toDecimal } from "@/lib/kernel/money";
import { KindFields, type KindValues } from "./kind-fields";
import { TierFields } from "./tier-fields";

interface VariantFormProps {
  locale: Locale;
  productId: string;
  /** Absent for a new one. */
  variant?: VariantRow;
  save: ComponentProps<typeof ActionForm>["action"];
}

const decimalOf = (amountMinor: bigint, currency: string) => toDecimal(money(amountMinor, currency as Currency));

export function VariantForm({ locale, productId, variant, save }: Readonly<VariantFormProps>) {
  const { merchant, staff, selling, kinds } = getMessages(locale);
  const t = merchant.variant;
  const tiers = (variant?.tiers ?? []).map(({ quantityMin, unitPriceMinor }) => ({
    quantity: String(quantityMin),
    price: decimalOf(unitPriceMinor, variant?.currency ?? "CNY"),
  }));
  return (
    <ActionForm
      action={save}
      locale={locale}
      errors={{ ...staff.errors, ...kinds.errors }}
      saved={merchant.product.saved}
      className="space-y-5"
    >
      <input type="hidden" name="variantId" value={variant?.id ?? ""} />
      <input type="hidden" name="productId" value={productId} />
      <input type="hidden" name="version" value={variant?.version ?? 0} />
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <TextField
          name="titleZh"
          label={`${t.title}${inBrackets(merchant.product.inZh, locale)}`}
          required
          maxLength={120}
          defaultValue={variant?.titleZh}
        />
        <TextField
          name="titleEn"
          label={`${t.title}${inBrackets(merchant.product.inEn, locale)}`}
          required
          maxLength={120}
          defaultValue={variant?.titleEn}
        />
        <TextField name="sku" label={t.sku} hint={t.skuHint} required maxLength={63} defaultValue={variant?.sku} />
        <TextField
          name="price"
          label={t.price}
          required
          inputMode="decimal"
          defaultValue={variant ? decimalOf(variant.priceMinor, variant.currency) : ""}
        />
        <SelectField name="currency" label={t.currency} defaultValue={variant?.currency ?? "CNY"}>
          {CURRENCIES.map((currency) => (
            <option key={currency}>{currency}</option>
          ))}
        </SelectField>
        <SelectField name="status" label={t.status} defaultValue={variant?.status ?? "published"}>
          {PRODUCT_STATUSES.map((status) => (
            <option key={status} value={status}>
              {merchant.labels.productStatus[status]}
            </option>
          ))}
        </SelectField>
        <SelectField
          name="stockPolicy"
          label={t.policy}
          hint={STOCK_POLICIES.map((policy) =>
            withName(merchant.labels.policy[policy], merchant.labels.policyHint[policy], locale),
          ).join(locale === "zh" ? "" : " ")}
          defaultValue={variant?.stockPolicy ?? "reserve_on_order"}
        >
          {STOCK_POLICIES.map((policy) => (
            <option key={policy} value={policy}>
              {merchant.labels.policy[policy]}
            </option>
          ))}
        </SelectField>
        <Bounds locale={locale} variant={variant} />
      </div>
      <fieldset className="rounded-md border p-3">
        <legend className="px-1 text-sm font-medium">{selling.window.title}</legend>
        <p className="mb-3 text-sm text-faint">{selling.window.hint}</p>
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
          <TextField
            name="saleFrom"
            type="datetime-local"
            label={selling.window.from}
            note={staff.form.optional}
            defaultValue={writeShopTime(variant?.saleFrom)}
          />
          <TextField
            name="saleUntil"
            type="datetime-local"
            label={selling.window.until}
            note={staff.form.optional}
            defaultValue={writeShopTime(variant?.saleUntil)}
          />
          <TextField
            name="buyerMax"
            type="number"
            inputMode="numeric"
            min={1}
            max={limits.orderQuantityMax}
            label={selling.window.buyerMax}
            hint={selling.window.buyerMaxHint}
            note={staff.form.optional}
            defaultValue={variant?.buyerMax ?? ""}
          />
        </div>
      </fieldset>
      <KindFields values={kindOf(variant)} optional={staff.form.optional} t={kinds.form} />
      <details className="rounded-md border p-3" open={Boolean(variant?.usageNoteZh || variant?.usageNoteEn)}>
        <summary className="text-sm font-medium">{selling.note.title}</summary>
        <p className="mt-1 text-sm text-faint">{selling.note.hint}</p>
        <div className="mt-3 grid gap-4 lg:grid-cols-2">
          {(["Zh", "En"] as const).map((suffix) => (
            <AreaField
              key={suffix}
              name={`usageNote${suffix}`}
              label={merchant.product[`in${suffix}`]}
              maxLength={limits.usageNoteLettersMax}
              rows={3}
              defaultValue={variant?.[`usageNote${suffix}`]}
            />
          ))}
        </div>
      </details>
      <TierFields tiers={tiers} t={{ title: t.tiers, hint: t.tiersHint, from: t.tierFrom, price: t.tierPrice }} />
      <ActionSubmit variant="ink" size="sm" pendingLabel={staff.form.saving}>
        {variant ? staff.form.save : t.create}
      </ActionSubmit>
    </ActionForm>
  );
}

const kindOf = (variant: VariantRow | undefined): KindValues => ({
  kind: variant?.kind ?? "unique",
  manualHours: String(variant?.manualHours ?? ""),
  fields: readBuyerFields(variant?.buyerFields),
  presaleAt: writeShopTime(variant?.presaleAt) ?? "",
  presaleCap: String(variant?.presaleCap ?? ""),
});

function Bounds({ locale, variant }: Readonly<{ locale: Locale; variant: VariantRow | undefined }>) {
  const t = getMessages(locale).merchant.variant;
  const whole = { type: "number", inputMode: "numeric", step: 1, required: true } as const;
  return (
    <>
      <div className="grid grid-cols-2 gap-4">
        <TextField
          {...whole}
          name="quantityMin"
          label={t.quantityMin}
          min={1}
          max={limits.orderQuantityMax}
          defaultValue={variant?.quantityMin ?? 1}
        />
        <TextField
          {...whole}
          name="quantityMax"
          label={t.quantityMax}
          min={1}
          max={limits.orderQuantityMax}
          defaultValue={variant?.quantityMax ?? 100}
        />
      </div>
      <TextField
        {...whole}
        name="lowStockBelow"
        label={t.lowStock}
        hint={t.lowStockHint}
        min={0}
        max={10_000}
        defaultValue={variant?.lowStockBelow ?? 10}
      />
    </>
  );
}
