import Form from "next/form";
import type { ComponentProps, ReactNode } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Field } from "@/components/form/field";
import { Part } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { inLocale, type ViewProps } from "@/components/merchant/view";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input, Select, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { StaffDispute } from "@/lib/features/disputes/queries";
import type { DisputePageQuery } from "@/lib/features/disputes/schema";
import { readAmount } from "@/lib/features/payments/desk-schema";
import { listRefundablePayments, type RefundablePayment } from "@/lib/features/payments/refund-state";
import { previewRefund, type RefundPreview } from "@/lib/flows/preview-refund";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor } from "@/lib/i18n/format";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { type Currency, money, toDecimal } from "@/lib/kernel/money";
import { getDeps } from "@/lib/platform/deps";

interface RefundPartProps extends ViewProps {
  readonly dispute: StaffDispute;
  readonly query: DisputePageQuery;
  readonly confirm: ComponentProps<typeof ActionForm>["action"];
}

/** Giving money back as a dispute's outcome: what is wanted, then exactly what it changes, and only then the button. */
export async function RefundPart({ locale, viewer, base, dispute, query, confirm }: RefundPartProps) {
  const payments = await listRefundablePayments(getDeps(), viewer, dispute.orderId);
  const payment = payments.find(({ id }) => id === query.payment) ?? payments[0];
  const t = getMessages(locale).disputes.page;
  return (
    <Part title={t.refund} note={t.refundLead}>
      <Card className="space-y-5">
        {payment ? (
          <>
            <Wanted {...{ locale, dispute, query, payments, payment }} path={`${base}/disputes`} />
            {query.look ? <Preview {...{ locale, viewer, dispute, query, payment, confirm }} /> : null}
          </>
        ) : (
          <p className="text-sm text-soft">{t.noPayment}</p>
        )}
      </Card>
    </Part>
  );
}

interface WantedProps extends Pick<RefundPartProps, "locale" | "dispute" | "query"> {
  readonly payments: readonly RefundablePayment[];
  readonly payment: RefundablePayment;
  readonly path: string;
}

function Wanted({ locale, dispute, query, payments, payment, path }: WantedProps) {
  const t = getMessages(locale).disputes.page;
  const leftMinor = payment.amountMinor - payment.givenMinor;
  const isLess = dispute.unitPriceMinor < leftMinor;
  const offered = isLess ? dispute.unitPriceMinor : leftMinor;
  const left = formatMinor(leftMinor.toString(), payment.currency, locale);
  const account = (one: RefundablePayment) => inLocale(locale, one.accountTitleZh, one.accountTitleEn);
  return (
    <Form action={`${path}/${toPublicId("dispute", dispute.id)}`} scroll={false} className="space-y-4">
      <input type="hidden" name="look" value="1" />
      <Field id="payment" label={t.refundPayment}>
        <Select id="payment" name="payment" defaultValue={payment.id}>
          {payments.map((one) => (
            <option key={one.id} value={one.id}>
              {account(one)} · {formatMinor(one.amountMinor.toString(), one.currency, locale)}
            </option>
          ))}
        </Select>
      </Field>
      <Field
        id="refund-amount"
        label={fill(t.amount, { currency: payment.currency })}
        hint={fill(t.refundAmountHint, { left })}
      >
        <Input
          id="refund-amount"
          name="amount"
          inputMode="decimal"
          maxLength={20}
          defaultValue={query.amount || toDecimal(money(offered, payment.currency as Currency))}
          aria-describedby="refund-amount-hint"
          className="max-w-40"
        />
      </Field>
      <Field id="refund-way" label={t.way}>
        <Select id="refund-way" name="way" defaultValue={query.way ?? "source"}>
          {(["source", "balance"] as const).map((way) => (
            <option key={way} value={way}>
              {t.ways[way]}
            </option>
          ))}
        </Select>
      </Field>
      <Field id="refund-reason" label={t.reason}>
        <Textarea
          id="refund-reason"
          name="reason"
          required
          rows={2}
          maxLength={limits.disputeReasonMax}
          defaultValue={query.reason}
        />
      </Field>
      <Button type="submit">{t.preview}</Button>
    </Form>
  );
}

type PreviewProps = Pick<RefundPartProps, "locale" | "viewer" | "dispute" | "query" | "confirm"> & {
  readonly payment: RefundablePayment;
};

async function Preview(props: PreviewProps) {
  const { locale, viewer, dispute, query, payment, confirm } = props;
  const { disputes, staff, money: words } = getMessages(locale);
  const t = disputes.page;
  const amountMinor = readAmount(query.amount, payment.currency);
  const method = query.way ?? "source";
  const refuse = (code: string) => (
    <Notice tone="seal" role="alert" title={words.refund.refusedTitle}>
      {wordOf({ ...staff.errors, ...disputes.errors }, code)}
    </Notice>
  );
  if (query.reason === "") return refuse("required");
  if (amountMinor === "malformed") return refuse("price_malformed");
  const asked = { orderId: dispute.orderId, paymentId: payment.id, wanted: { amountMinor, method } };
  const preview = await previewRefund(getDeps(), viewer, asked);
  if (!preview.ok) return refuse(preview.error);
  const { refundId, seen } = preview.value;
  const hidden = {
    outcome: "refund",
    disputeId: dispute.id,
    decisionId: refundId,
    seen: dispute.messageCount,
    reason: query.reason,
    paymentId: payment.id,
    amountMinor: preview.value.amountMinor.toString(),
    method,
    standing: seen,
  };
  return (
    <div className="border-t pt-4">
      <Changes {...props} method={method} preview={preview.value} />
      <ActionForm
        key={refundId}
        action={confirm}
        locale={locale}
        errors={{ ...staff.errors, ...disputes.errors }}
        className="mt-4 space-y-3"
      >
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <ActionSubmit variant="seal" className="w-full" pendingLabel={t.confirming}>
          {fill(t.confirm, { amount: formatMinor(hidden.amountMinor, payment.currency, locale) })}
        </ActionSubmit>
      </ActionForm>
    </div>
  );
}

/** What will be so once the button is pressed. */
function Changes({
  locale,
  preview,
  method,
}: PreviewProps & { readonly preview: RefundPreview; readonly method: "source" | "balance" }) {
  const { disputes, money: words, merchant } = getMessages(locale);
  const t = disputes.page;
  const stateOf = (status: string) => wordOf(merchant.labels.status, status);
  const { statusNow, statusNext, statusAtEnd } = preview;
  const seen = preview.cards.filter(({ isRevealed }) => isRevealed).length;
  const rows: [string, ReactNode][] = [
    [t.gives, `${formatMinor(preview.amountMinor.toString(), preview.currency, locale)} · ${t.ways[method]}`],
    [
      words.refund.number,
      <span key="no" className="secret-text text-xs">
        {preview.refundNo}
      </span>,
    ],
    [
      words.refund.orderRow,
      [statusNow, statusNext, statusAtEnd]
        .filter((one) => one !== null)
        .map(stateOf)
        .join(" → "),
    ],
    [t.cards, fill(words.refund.fates[preview.fate], { count: formatCount(preview.cardCount, locale), seen })],
    [
      t.mails,
      preview.isMailConfigured
        ? `${preview.recipient} · ${preview.mails.map((kind) => wordOf(merchant.order.mails, kind)).join(" · ")}`
        : words.refund.mailUnconfigured,
    ],
  ];
  return (
    <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[6.5rem_minmax(0,1fr)]">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-faint">{name}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
