import Form from "next/form";
import { describedBy, Field } from "@/components/form/field";
import { wordOf } from "@/components/merchant/state-badges";
import { inLocale } from "@/components/merchant/view";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input, Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { RefundQuery } from "@/lib/features/payments/desk-schema";
import { REFUND_WAYS, type WaysBack } from "@/lib/features/payments/refund-rules";
import type { RefundablePayment } from "@/lib/features/payments/refund-state";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";

/** What is wrong with a field, as a code that the staff's messages have a sentence for. */
export type RefundErrors = Readonly<Partial<Record<"amount" | "way" | "reason" | "reference", string>>>;

interface RefundFormProps {
  readonly locale: Locale;
  readonly path: string;
  readonly payments: readonly RefundablePayment[];
  readonly payment: RefundablePayment;
  readonly ways: WaysBack;
  readonly query: RefundQuery;
  readonly errors: RefundErrors;
}

/** The first step: an address, so that it can be gone back to. It changes nothing. */
export function RefundForm({ locale, path, payments, payment, ways, query, errors }: RefundFormProps) {
  const { money, merchant, staff } = getMessages(locale);
  const t = money.refund;
  const amount = (minor: bigint, currency: string) => formatMinor(minor.toString(), currency, locale);
  const sentence = (code: string | undefined) => (code ? wordOf(staff.errors, code) : undefined);
  const left = amount(ways.leftMinor, payment.currency);
  const field = (name: keyof RefundErrors, hint?: string) => {
    const error = sentence(errors[name]);
    const told = { id: name, ...(hint && { hint }), ...(error && { error }) };
    return { field: told, control: { id: name, name, ...describedBy(told) } };
  };
  const [amountField, reasonField, referenceField] = [
    field("amount", `${fill(t.amountHint, { left })}${ways.isPartialPossible ? "" : ` ${t.amountWholeOnly}`}`),
    field("reason", t.reasonHint),
    field("reference", t.referenceHint),
  ];
  return (
    <Card>
      <Form action={path} className="space-y-5">
        <input type="hidden" name="look" value="1" />
        <Field id="payment" label={t.payment}>
          <Select id="payment" name="payment" defaultValue={payment.id}>
            {payments.map((one) => (
              <option key={one.id} value={one.id}>
                {fill(t.paymentOption, {
                  amount: amount(one.amountMinor, one.currency),
                  account: inLocale(locale, one.accountTitleZh, one.accountTitleEn),
                  verdict: wordOf(merchant.order.verdicts, one.verdict),
                  left: amount(one.amountMinor - one.givenMinor, one.currency),
                })}
              </option>
            ))}
          </Select>
        </Field>
        <Ways {...{ locale, ways, query, error: sentence(errors.way) }} />
        <Field label={t.amount} note={payment.currency} {...amountField.field}>
          <Input
            {...amountField.control}
            inputMode="decimal"
            autoComplete="off"
            maxLength={20}
            defaultValue={query.amount}
          />
        </Field>
        <Field label={t.reason} {...reasonField.field}>
          <Input {...reasonField.control} maxLength={limits.refundReasonMax} defaultValue={query.reason} />
        </Field>
        <Field label={t.reference} {...referenceField.field}>
          <Input
            {...referenceField.control}
            maxLength={limits.refundReferenceMax}
            autoComplete="off"
            defaultValue={query.reference}
          />
        </Field>
        {ways.leftMinor === 0n ? <Notice>{t.nothing}</Notice> : null}
        <Button type="submit" variant="ink">
          {t.look}
        </Button>
      </Form>
    </Card>
  );
}

function Ways({
  locale,
  ways,
  query,
  error,
}: Readonly<{ locale: Locale; ways: WaysBack; query: RefundQuery; error: string | undefined }>) {
  const t = getMessages(locale).money.refund;
  const chosen = query.way ?? (ways.sourceRefusal ? "by_hand" : "source");
  return (
    <fieldset className="space-y-2">
      <legend className="mb-1.5 text-sm font-medium">{t.way}</legend>
      {REFUND_WAYS.map((way) => {
        const refusal = way === "source" ? ways.sourceRefusal : null;
        return (
          <label
            key={way}
            className="flex items-start gap-2.5 rounded-md border px-3 py-2.5 text-sm has-checked:border-ink"
          >
            <input
              type="radio"
              name="way"
              value={way}
              defaultChecked={way === chosen}
              disabled={refusal !== null}
              className="mt-1 accent-ink"
            />
            <span>
              <span className={refusal ? "text-faint" : undefined}>{t.ways[way]}</span>
              <span className="block text-faint">{refusal ? t.sourceRefused[refusal] : t.wayHints[way]}</span>
            </span>
          </label>
        );
      })}
      {error ? <p className="text-sm text-cinnabar">{error}</p> : null}
    </fieldset>
  );
}
