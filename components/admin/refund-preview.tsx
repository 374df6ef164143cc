import type { ComponentProps, ReactNode } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { wordOf } from "@/components/merchant/state-badges";
import { inLocale } from "@/components/merchant/view";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { RefundQuery } from "@/lib/features/payments/desk-schema";
import type { RefundWay } from "@/lib/features/payments/refund-rules";
import type { RefundablePayment } from "@/lib/features/payments/refund-state";
import type { RefundPreview } from "@/lib/flows/preview-refund";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface PreviewProps {
  readonly locale: Locale;
  readonly orderId: string;
  readonly payment: RefundablePayment;
  readonly query: RefundQuery;
  readonly method: RefundWay;
  readonly preview: RefundPreview;
}

/** The second step: everything that will be so once the button is pressed, and the button. */
export function ConfirmRefund(props: PreviewProps & { readonly confirm: ComponentProps<typeof ActionForm>["action"] }) {
  const { locale, orderId, payment, query, method, preview, confirm } = props;
  const { money, staff } = getMessages(locale);
  const t = money.refund;
  const amount = formatMinor(preview.amountMinor.toString(), preview.currency, locale);
  const hidden = {
    orderId,
    paymentId: payment.id,
    refundId: preview.refundId,
    amountMinor: preview.amountMinor.toString(),
    method,
    reason: query.reason,
    reference: query.reference,
    seen: preview.seen,
    seenAt: preview.seenAt.toISOString(),
    amount: query.amount,
  };
  return (
    <Card>
      <h2 className="mb-4 font-semibold">{t.previewTitle}</h2>
      <Changes {...props} />
      {/* A new look is a new form: the answer to an old one does not stand beside it. */}
      <ActionForm
        key={preview.refundId}
        action={confirm}
        locale={locale}
        errors={staff.errors}
        className="mt-5 space-y-3"
      >
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <ActionSubmit variant="seal" size="lg" className="w-full" pendingLabel={t.confirming}>
          {fill(t.confirm, { amount })}
        </ActionSubmit>
      </ActionForm>
    </Card>
  );
}

function Changes({ locale, payment, query, method, preview }: PreviewProps) {
  const { money, shop } = getMessages(locale);
  const t = money.refund;
  const amount = (minor: bigint) => formatMinor(minor.toString(), preview.currency, locale);
  const account = inLocale(locale, payment.accountTitleZh, payment.accountTitleEn);
  const read = shop.order.states[preview.statusNext ?? preview.statusNow];
  const rows: [string, ReactNode][] = [
    [t.gives, fill(t.of, { amount: amount(preview.amountMinor), left: amount(preview.leftMinor) })],
    [
      t.to,
      `${money.order.methods[method]} · ${{ source: account, by_hand: query.reference, balance: preview.recipient }[method]}`,
    ],
    [
      t.number,
      <span key="number" className="secret-text text-xs">
        {preview.refundNo}
      </span>,
    ],
    [t.orderRow, orderText(preview, locale)],
    [t.cardsRow, <Cards key="cards" locale={locale} preview={preview} />],
    [
      t.buyerRow,
      <span key="buyer">
        <span className="block font-medium">{read.title}</span>
        {read.text}
      </span>,
    ],
    [t.mailsRow, mailText(preview, locale)],
  ];
  return (
    <dl className="grid gap-x-6 gap-y-3 text-sm sm:grid-cols-[6.5rem_minmax(0,1fr)]">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-faint">{name}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function orderText({ statusNow, statusNext, statusAtEnd }: RefundPreview, locale: Locale): string {
  const { money, merchant } = getMessages(locale);
  const word = (status: string) => wordOf(merchant.labels.status, status);
  const t = money.refund;
  if (statusNext && statusAtEnd)
    return fill(t.orderGoes, { from: word(statusNow), next: word(statusNext), end: word(statusAtEnd) });
  if (statusNext) return fill(t.orderGoesOnce, { from: word(statusNow), next: word(statusNext) });
  if (statusAtEnd) return fill(t.orderIs, { from: word(statusNow), end: word(statusAtEnd) });
  return fill(t.orderStays, { state: word(statusNow) });
}

function mailText({ mails, recipient, isMailConfigured }: RefundPreview, locale: Locale): string {
  const { money, merchant } = getMessages(locale);
  if (!isMailConfigured) return money.refund.mailUnconfigured;
  const names = mails.map((kind) => wordOf(merchant.order.mails, kind)).join(" · ");
  return fill(money.refund.mailTo, { email: recipient, mails: names });
}

/** Which cards move and where to; of each only what tells it from the others of its batch. */
function Cards({ locale, preview }: Readonly<{ locale: Locale; preview: RefundPreview }>) {
  const t = getMessages(locale).money.refund;
  const seen = preview.cards.filter(({ isRevealed }) => isRevealed).length;
  const count = formatCount(preview.cardCount, locale);
  const more = preview.cardCount - preview.cards.length;
  return (
    <>
      <span className="block">{fill(t.fates[preview.fate], { count, seen: formatCount(seen, locale) })}</span>
      {preview.cards.length === 0 ? null : (
        <details>
          <summary className="w-fit cursor-pointer text-soft underline decoration-line underline-offset-4">
            {t.cards}
          </summary>
          <ul className="mt-1 space-y-0.5 text-xs">
            {preview.cards.map(({ id, sku, batch, isRevealed }) => (
              <li key={id} className="figures">
                {fill(t.card, { sku, batch, tail: id.slice(-6) })} {isRevealed ? <Badge>{t.cardSeen}</Badge> : null}
              </li>
            ))}
            {more > 0 ? (
              <li className="text-faint">{fill(t.moreCards, { count: formatCount(more, locale) })}</li>
            ) : null}
          </ul>
        </details>
      )}
    </>
  );
}
