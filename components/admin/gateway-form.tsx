import type { ComponentProps, ReactNode } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import type { AccountSettingsView } from "@/lib/features/payments/account-settings";
import type { GatewayKind } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { FEE_BEARERS, SETTING } from "@/lib/features/payments/schema";
import { shownValues } from "@/lib/features/payments/settings-form";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { type Currency, money, toDecimal } from "@/lib/kernel/money";
import { AccountIdField } from "./notify-address";
import { SettingsFields } from "./settings-fields";

export interface NewAccount {
  readonly suggestion: string;
  /** The notify address up to the id. */
  readonly notifyBase: string;
  readonly merchants: readonly { readonly id: string; readonly name: string }[];
}

interface GatewayFormProps {
  locale: Locale;
  kind: GatewayKind;
  save: ComponentProps<typeof ActionForm>["action"];
  /** Absent for a new one. */
  account?: AccountSettingsView;
  /** What only a new one is asked. */
  fresh?: NewAccount;
}

/** Everything that can be set of an account; what its kind asks for comes from the kind's own list of fields. */
export function GatewayForm({ locale, kind, save, account, fresh }: Readonly<GatewayFormProps>) {
  const { admin, merchant, staff, gateways, settingsProblems } = getMessages(locale);
  const t = admin.gateways.form;
  const { fields } = gatewayOf(kind);
  const { values, onRecord } = account ?? shownValues(fields, {});
  return (
    <ActionForm
      action={save}
      locale={locale}
      errors={{ ...settingsProblems, ...staff.errors }}
      saved={merchant.product.saved}
      className="space-y-8"
    >
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="version" value={account?.version ?? ""} />
      {account ? <input type="hidden" name="id" value={account.id} /> : null}
      <Section title={t.basics}>
        <Basics locale={locale} kind={kind} account={account} fresh={fresh} />
      </Section>
      <Section title={t.settings} note={gateways[kind].help}>
        {/* Fields keep what is typed in them; a secret that was saved has no more business there. */}
        <SettingsFields
          key={account?.version}
          fields={fields}
          values={values}
          onRecord={onRecord}
          prefix={SETTING}
          words={gateways[kind]}
          kept={t.keptSecret}
          optional={staff.form.optional}
        />
      </Section>
      <Section title={t.limits} note={t.limitsHint}>
        <Limits locale={locale} account={account} />
      </Section>
      <Section title={t.fee} note={t.feeHint}>
        <Fee locale={locale} account={account} />
      </Section>
      <label className="flex min-h-11 items-center gap-2 text-sm">
        <input type="checkbox" name="isActive" defaultChecked={account?.isActive ?? true} className="size-5" />
        {t.isActive}
      </label>
      <ActionSubmit variant="ink" pendingLabel={staff.form.saving}>
        {staff.form.save}
      </ActionSubmit>
    </ActionForm>
  );
}

function Section({ title, note, children }: Readonly<{ title: string; note?: string; children: ReactNode }>) {
  return (
    <section>
      <h2 className="mb-1 text-base font-semibold">{title}</h2>
      {note ? <p className="mb-3 max-w-prose text-sm text-soft">{note}</p> : null}
      {children}
    </section>
  );
}

type PartProps = Readonly<Pick<GatewayFormProps, "locale" | "account">>;

function Basics({ locale, kind, account, fresh }: Readonly<Omit<GatewayFormProps, "save">>) {
  const { admin } = getMessages(locale);
  const t = admin.gateways.form;
  const { currencies, fields } = gatewayOf(kind);
  const isInSettings = fields.some(({ name }) => name === "currency");
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {fresh ? (
        <AccountIdField
          suggestion={fresh.suggestion}
          base={fresh.notifyBase}
          label={t.id}
          hint={t.idHint}
          t={admin.gateways}
        />
      ) : null}
      {(["Zh", "En"] as const).map((suffix) => (
        <TextField
          key={suffix}
          name={`title${suffix}`}
          label={t[`title${suffix}`]}
          required
          maxLength={60}
          defaultValue={account?.[`title${suffix}`] ?? getMessages(suffix === "Zh" ? "zh" : "en").gateways[kind].title}
        />
      ))}
      {isInSettings || currencies.length === 1 ? null : (
        <SelectField name="currency" label={t.currency} hint={t.currencyHint} defaultValue={account?.currency}>
          {currencies.map((currency) => (
            <option key={currency} value={currency}>
              {currency}
            </option>
          ))}
        </SelectField>
      )}
      {fresh && fresh.merchants.length > 0 ? (
        <SelectField name="merchantId" label={t.owner} hint={t.ownerHint} defaultValue="">
          <option value="">{t.ownerShop}</option>
          {fresh.merchants.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      ) : null}
    </div>
  );
}

function amountOf(account: AccountSettingsView | undefined, minor: bigint | null | undefined): string {
  return account && minor != null ? toDecimal(money(minor, account.currency as Currency)) : "";
}

function Limits({ locale, account }: PartProps) {
  const { admin } = getMessages(locale);
  const t = admin.gateways.form;
  const amount = { inputMode: "decimal", maxLength: 20 } as const;
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <TextField
        name="amountMin"
        label={t.amountMin}
        defaultValue={amountOf(account, account?.amountMinMinor)}
        {...amount}
      />
      <TextField
        name="amountMax"
        label={t.amountMax}
        defaultValue={amountOf(account, account?.amountMaxMinor)}
        {...amount}
      />
      <TextField
        name="dayMax"
        label={t.dayMax}
        hint={t.dayMaxHint}
        defaultValue={amountOf(account, account?.dayMaxMinor)}
        {...amount}
      />
      <TextField name="way" label={t.way} hint={t.wayHint} maxLength={32} defaultValue={account?.way ?? ""} />
      <TextField
        name="weight"
        label={t.weight}
        hint={t.weightHint}
        type="number"
        min={0}
        max={limits.accountWeightMax}
        required
        defaultValue={account?.weight ?? 10}
      />
    </div>
  );
}

/** 60 ten-thousandths are "0.60". */
const percentOf = (rate: number): string => `${Math.floor(rate / 100)}.${String(rate % 100).padStart(2, "0")}`;

function Fee({ locale, account }: PartProps) {
  const { admin } = getMessages(locale);
  const t = admin.gateways.form;
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <TextField
        name="feePercent"
        label={t.feePercent}
        inputMode="decimal"
        maxLength={6}
        defaultValue={account?.feeRate ? percentOf(account.feeRate) : ""}
      />
      <TextField
        name="feeFixed"
        label={t.feeFixed}
        inputMode="decimal"
        maxLength={20}
        defaultValue={account?.feeFixedMinor ? amountOf(account, account.feeFixedMinor) : ""}
      />
      <SelectField name="feeBearer" label={t.feeBearer} defaultValue={account?.feeBearer ?? "shop"}>
        {FEE_BEARERS.map((bearer) => (
          <option key={bearer} value={bearer}>
            {t.bearers[bearer]}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
