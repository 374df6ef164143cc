import type { ComponentProps, ReactNode } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import type { TransferRow } from "@/lib/features/transfers/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, SHOP_TIME_ZONE } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { money, toDecimal } from "@/lib/kernel/money";

export type FormAction = ComponentProps<typeof ActionForm>["action"];

interface FormProps {
  row: TransferRow;
  locale: Locale;
  action: FormAction;
}

const errorsIn = (locale: Locale) => {
  const { staff, transfers } = getMessages(locale);
  return { ...staff.errors, ...transfers.errors };
};

/** Closed until it is wanted: what cannot be taken back is never one stray press away. */
function Fold({ label, children }: Readonly<{ label: string; children: ReactNode }>) {
  return (
    <details className="rounded-md border px-4 py-2.5">
      <summary className="py-1 text-sm font-medium">{label}</summary>
      <div className="pt-3 pb-1.5">{children}</div>
    </details>
  );
}

/** "2026-11-21" where the shop is. */
const dayOf = (now: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: SHOP_TIME_ZONE, dateStyle: "short" }).format(now);

/** What arrived, as the bank shows it. */
export function RecordTransfer({
  row,
  locale,
  action,
  now,
  isAgain,
}: Readonly<FormProps & { now: number; isAgain: boolean }>) {
  const t = getMessages(locale).transfers.record;
  return (
    <Fold label={isAgain ? t.again : t.open}>
      <ActionForm action={action} locale={locale} errors={errorsIn(locale)} className="space-y-4">
        <input type="hidden" name="attemptId" value={row.attemptId} />
        <input type="hidden" name="seenPayments" value={row.paymentCount} />
        <TextField
          name="amount"
          label={fill(t.amount, { currency: row.currency })}
          hint={t.amountHint}
          defaultValue={toDecimal(money(row.totalMinor, row.currency))}
          inputMode="decimal"
          autoComplete="off"
          required
        />
        <TextField
          name="reference"
          label={t.reference}
          hint={t.referenceHint}
          defaultValue={row.reportReference ?? ""}
          minLength={limits.transferReferenceMin}
          maxLength={limits.transferReferenceMax}
          autoComplete="off"
          required
        />
        <TextField name="arrivedOn" label={t.arrivedOn} type="date" defaultValue={dayOf(now)} required />
        <p className="text-sm text-faint">{t.late}</p>
        <ActionSubmit variant="ink" pendingLabel={t.submitting}>
          {t.submit}
        </ActionSubmit>
      </ActionForm>
    </Fold>
  );
}

/** The second name, by somebody else than the first. */
export function ConfirmTransfer({ row, locale, action, isOwn }: Readonly<FormProps & { isOwn: boolean }>) {
  const t = getMessages(locale).transfers.confirm;
  if (isOwn) return <p className="text-sm text-soft">{t.own}</p>;
  const said = {
    name: row.proposerEmail ?? "—",
    amount: formatMinor((row.amountMinor ?? 0n).toString(), row.currency, locale),
    reference: row.reference ?? "",
    arrivedOn: row.arrivedOn ?? "",
  };
  return (
    <ActionForm action={action} locale={locale} errors={errorsIn(locale)} className="space-y-3">
      <input type="hidden" name="transferId" value={row.transferId ?? ""} />
      <p className="text-sm wrap-anywhere">{fill(t.lead, said)}</p>
      <ActionSubmit variant="ink" pendingLabel={t.submitting}>
        {t.submit}
      </ActionSubmit>
    </ActionForm>
  );
}

/** There is no such money, and the buyer reads why. */
export function RefuseTransfer({ row, locale, action }: Readonly<FormProps>) {
  const t = getMessages(locale).transfers.refuse;
  return (
    <Fold label={t.open}>
      <ActionForm action={action} locale={locale} errors={errorsIn(locale)} className="space-y-4">
        <input type="hidden" name="attemptId" value={row.attemptId} />
        <TextField
          name="refusal"
          label={t.reason}
          hint={t.reasonHint}
          maxLength={limits.transferRefusalMax}
          autoComplete="off"
          required
        />
        <ActionSubmit pendingLabel={t.submitting}>{t.submit}</ActionSubmit>
      </ActionForm>
    </Fold>
  );
}
