import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { wordOf } from "@/components/merchant/state-badges";
import type { TimelineRow } from "@/lib/features/merchants/order-timeline";
import type { RefundRow } from "@/lib/features/payments/refund-state";
import { CANCELLED } from "@/lib/features/payments/refunds";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";

type FormAction = ComponentProps<typeof ActionForm>["action"];

/** What an admin can do about refunds, as the page that has the actions gives them. */
export interface RefundActions {
  readonly retry: FormAction;
  readonly askNow: FormAction;
  readonly cancel: FormAction;
  readonly decide: FormAction;
}

interface ActsProps {
  readonly locale: Locale;
  readonly refund: RefundRow;
  readonly actions: RefundActions;
  /** A failed one that another one followed is not tried again from here. */
  readonly isLast: boolean;
}

/** The next steps of one refund: ask, take back or decide while it is under way, try again once it failed. */
export function RefundActs({ locale, refund, actions, isLast }: ActsProps) {
  const { money, staff } = getMessages(locale);
  const t = money.order;
  const form = { locale, errors: staff.errors } as const;
  const isUnderWay = refund.status === "requested" || refund.status === "processing";
  const id = <input type="hidden" name="refundId" value={refund.id} />;
  if (refund.status === "failed" && refund.failure !== CANCELLED && refund.method === "source" && isLast)
    return (
      <ActionForm action={actions.retry} {...form} className="space-y-2">
        {id}
        <ActionSubmit size="sm" pendingLabel={t.retrying}>
          {t.retry}
        </ActionSubmit>
      </ActionForm>
    );
  if (!isUnderWay) return null;
  return (
    <div className="space-y-2 pt-1">
      <ActionForm action={actions.askNow} {...form} className="space-y-2">
        {id}
        <ActionSubmit size="sm" pendingLabel={t.asking}>
          {t.askNow}
        </ActionSubmit>
      </ActionForm>
      {refund.callCount === 0 && refund.status === "requested" ? (
        <Spoken summary={t.cancel}>
          <ActionForm action={actions.cancel} {...form} className="max-w-md space-y-3">
            {id}
            <Reason locale={locale} />
            <ActionSubmit size="sm" pendingLabel={t.cancelling}>
              {t.cancel}
            </ActionSubmit>
          </ActionForm>
        </Spoken>
      ) : null}
      <Spoken summary={t.decide}>
        <ActionForm action={actions.decide} {...form} className="max-w-md space-y-3">
          <p className="text-soft">{t.decideLead}</p>
          {id}
          <Reason locale={locale} />
          <div className="flex flex-wrap gap-2">
            <ActionSubmit size="sm" name="outcome" value="gone" pendingLabel={t.deciding}>
              {t.decideGone}
            </ActionSubmit>
            <ActionSubmit size="sm" name="outcome" value="stayed" pendingLabel={t.deciding}>
              {t.decideStayed}
            </ActionSubmit>
          </div>
        </ActionForm>
      </Spoken>
    </div>
  );
}

const Spoken = ({ summary, children }: Readonly<{ summary: string; children: React.ReactNode }>) => (
  <details>
    <summary className="w-fit cursor-pointer text-soft underline decoration-line underline-offset-4">{summary}</summary>
    <div className="mt-2">{children}</div>
  </details>
);

function Reason({ locale }: Readonly<{ locale: Locale }>) {
  const t = getMessages(locale).money.order;
  return <TextField name="reason" label={t.reason} hint={t.reasonHint} required maxLength={limits.refundReasonMax} />;
}

/** The way back of an order whose refund failed for good. */
export function GiveUpRefund({
  locale,
  orderId,
  timeline,
  giveUp,
}: Readonly<{ locale: Locale; orderId: string; timeline: readonly TimelineRow[]; giveUp: FormAction }>) {
  const { money, merchant, staff } = getMessages(locale);
  const t = money.order;
  const begun = timeline.findLast(({ kind, facts }) => kind === "changed" && facts.toStatus === "refunding");
  const state = wordOf(merchant.labels.status, String(begun?.facts.fromStatus ?? ""));
  return (
    <Spoken summary={t.giveUp}>
      <ActionForm action={giveUp} locale={locale} errors={staff.errors} className="max-w-md space-y-3 text-sm">
        <p className="text-soft">{fill(t.giveUpLead, { state })}</p>
        <input type="hidden" name="orderId" value={orderId} />
        <Reason locale={locale} />
        <ActionSubmit size="sm" pendingLabel={t.givingUp}>
          {t.giveUp}
        </ActionSubmit>
      </ActionForm>
    </Spoken>
  );
}
