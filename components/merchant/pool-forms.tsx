import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Field } from "@/components/form/field";
import { SelectField, TextField } from "@/components/form/fields";
import { Select } from "@/components/ui/input";
import type { PoolRow, VariantPools } from "@/lib/features/pools/queries";
import { POOL_CHANNELS } from "@/lib/features/pools/schema";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { PoolAction } from "./pool-acts";

const errorsOf = (locale: Locale) => ({ ...getMessages(locale).staff.errors, ...getMessages(locale).pools.errors });

/** A new pool, or one that is changed. */
export function PoolForm({ locale, pool, save }: Readonly<{ locale: Locale; pool?: PoolRow; save: PoolAction }>) {
  const t = getMessages(locale).pools;
  return (
    <ActionForm action={save} locale={locale} errors={errorsOf(locale)} saved={t.saved} className="max-w-2xl space-y-4">
      <input type="hidden" name="poolId" value={pool?.id ?? ""} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          name="name"
          label={t.name}
          hint={t.nameHint}
          required
          maxLength={limits.poolNameMax}
          defaultValue={pool && poolNameIn(locale, pool)}
        />
        <SelectField name="channel" label={t.channel} hint={t.channelHint} defaultValue={pool?.channel ?? ""}>
          {(["", ...POOL_CHANNELS] as const).map((channel) => (
            <option key={channel} value={channel}>
              {t.channels[channel]}
            </option>
          ))}
        </SelectField>
      </div>
      <TextField name="note" label={t.note} maxLength={limits.poolNoteMax} defaultValue={pool?.note} />
      <ActionSubmit size="sm" variant="ink" pendingLabel={t.saving}>
        {pool ? t.save : t.create}
      </ActionSubmit>
    </ActionForm>
  );
}

interface OfVariant {
  readonly locale: Locale;
  readonly variant: VariantPools;
  readonly pools: readonly PoolRow[];
}

const Choices = ({ locale, pools }: Readonly<Pick<OfVariant, "locale" | "pools">>) =>
  pools.map((pool) => (
    <option key={pool.id} value={pool.id}>
      {poolNameIn(locale, pool)}
    </option>
  ));

/** From which pools a variant is sold: one choice for each place in the order, and one more than it has now. */
export function OrderForm({ locale, variant, pools, save }: Readonly<OfVariant & { save: PoolAction }>) {
  const t = getMessages(locale).pools;
  const inOrder = variant.stocks.filter(({ place }) => place !== null).map(({ poolId }) => poolId);
  const places = Math.min(pools.length, limits.poolsPerVariantMax, inOrder.length + 2);
  return (
    <ActionForm
      action={save}
      locale={locale}
      errors={errorsOf(locale)}
      saved={t.saved}
      className="max-w-md space-y-3 py-2"
    >
      <p className="text-sm text-faint">{t.orderHint}</p>
      <input type="hidden" name="variantId" value={variant.variantId} />
      <input type="hidden" name="version" value={variant.version} />
      {Array.from({ length: places }, (_, at) => at).map((at) => (
        <PlaceField key={at} {...{ locale, variant, pools, at }} poolId={inOrder[at] ?? ""} />
      ))}
      <ActionSubmit size="sm" variant="ink" pendingLabel={t.saving}>
        {t.save}
      </ActionSubmit>
    </ActionForm>
  );
}

/** One place in the order; several fields of one name, so each has an id of its own. */
function PlaceField({ locale, variant, pools, at, poolId }: Readonly<OfVariant & { at: number; poolId: string }>) {
  const t = getMessages(locale).pools;
  const id = `pool-${variant.variantId}-${at}`;
  return (
    <Field id={id} label={at === 0 ? t.first : fill(t.next, { place: at + 1 })}>
      <Select id={id} name="pool" defaultValue={poolId}>
        {at === 0 ? null : <option value="">{t.none}</option>}
        <Choices locale={locale} pools={pools} />
      </Select>
    </Field>
  );
}

/** Some of a variant's cards from one pool to another. */
export function TransferForm({ locale, variant, pools, transfer }: Readonly<OfVariant & { transfer: PoolAction }>) {
  const t = getMessages(locale).pools;
  const filled = variant.stocks.filter(({ available }) => available > 0);
  return (
    <ActionForm
      action={transfer}
      locale={locale}
      errors={errorsOf(locale)}
      saved={t.moved}
      className="max-w-md space-y-3 py-2"
    >
      <p className="text-sm text-faint">{t.transferLead}</p>
      <input type="hidden" name="moveId" value={newId()} />
      <input type="hidden" name="variantId" value={variant.variantId} />
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField name="fromPoolId" label={t.from}>
          {filled.map(({ poolId, poolSlug, poolName }) => (
            <option key={poolId} value={poolId}>
              {poolNameIn(locale, { slug: poolSlug, name: poolName })}
            </option>
          ))}
        </SelectField>
        <SelectField name="toPoolId" label={t.to} defaultValue={pools.find(({ id }) => id !== filled[0]?.poolId)?.id}>
          <Choices locale={locale} pools={pools} />
        </SelectField>
      </div>
      <TextField
        name="quantity"
        type="number"
        inputMode="numeric"
        min={1}
        max={limits.namedCardsMax}
        label={t.quantity}
        required
      />
      <TextField name="reason" label={t.reason} hint={t.reasonHint} required maxLength={limits.moveReasonMax} />
      <ActionSubmit size="sm" pendingLabel={t.moving}>
        {t.move}
      </ActionSubmit>
    </ActionForm>
  );
}
