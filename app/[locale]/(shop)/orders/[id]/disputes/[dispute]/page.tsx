import type { Metadata } from "next";
import { PictureInput } from "@/components/disputes/picture-input";
import { Pictures } from "@/components/disputes/pictures";
import { RefusedNotice } from "@/components/disputes/refused-notice";
import { Thread } from "@/components/disputes/thread";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Field } from "@/components/form/field";
import { AreaField } from "@/components/form/fields";
import { SubmitButton } from "@/components/form/submit-button";
import { OrderMissing } from "@/components/shop/order-missing";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { findHeldOrder } from "@/lib/entry/held-orders";
import { orderPath } from "@/lib/entry/order-access";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { type BuyersDispute, findBuyersDispute } from "@/lib/features/disputes/queries";
import { isOpen } from "@/lib/features/disputes/rules";
import { BuyerPageQuery } from "@/lib/features/disputes/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatDate } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { fromPublicId, newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { localeOf } from "../../../../page-locale";
import { reopenDisputeAction, withdrawDisputeAction } from "../actions";

interface PageProps {
  params: Promise<{ locale: string; id: string; dispute: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(await localeOf(params)).disputes.title, robots: { index: false } };
}

/** One report of the buyer's: how it stands, what was said, and what he can do. Another order's is as missing as one that never was. */
export default async function BuyersDisputePage({ params, searchParams }: Readonly<PageProps>) {
  const locale = await localeOf(params);
  const { id, dispute: publicId } = await params;
  const order = await findHeldOrder(getDeps(), id);
  const disputeId = fromPublicId("dispute", publicId);
  const dispute =
    order && disputeId.ok
      ? await findBuyersDispute(getDeps(), { orderId: order.id, disputeId: disputeId.value })
      : null;
  if (!order || !dispute) return <OrderMissing locale={locale} />;
  const { refused } = await readQuery(BuyerPageQuery, searchParams);
  const t = getMessages(locale).disputes;
  const path = `${orderPath(locale, order.id)}/disputes/${publicId}`;
  const about = dispute.position === null ? t.buyer.whole : fill(t.buyer.card, { n: dispute.position });
  return (
    <article className="mx-auto max-w-2xl space-y-5">
      <Card className="space-y-5">
        <header className="space-y-2">
          <h1 className="text-xl font-semibold">{fill(t.buyer.threadTitle, { about })}</h1>
          <p className="flex flex-wrap items-center gap-2 text-sm text-soft">
            <Badge tone={isOpen(dispute.status) ? "seal" : "strong"}>{t.buyer.states[dispute.status]}</Badge>
            <span>{t.kinds[dispute.kind]}</span>
            <span className="figures text-faint">{order.number}</span>
          </p>
          <p className="text-sm text-soft">{standingOf(dispute, locale)}</p>
        </header>
        {refused ? <RefusedNotice code={refused} locale={locale} /> : null}
        <Thread messages={dispute.messages} locale={locale} isBuyer />
        <Pictures ids={dispute.pictureIds} base={`${path}/pictures`} locale={locale} />
      </Card>
      {isOpen(dispute.status) ? <AnswerCard {...{ dispute, locale, path, orderId: id }} /> : null}
      <ReopenCard {...{ dispute, locale, orderId: id }} />
      <p className="text-center text-sm">
        <a
          href={orderPath(locale, order.id)}
          className="text-soft underline decoration-line underline-offset-4 hover:text-ink"
        >
          {t.buyer.backToOrder}
        </a>
      </p>
    </article>
  );
}

/** Whose turn it is and until when, or how it ended. */
function standingOf({ status, dueAt, outcome }: BuyersDispute, locale: Locale): string {
  const { buyer: t, outcomes } = getMessages(locale).disputes;
  const at = dueAt ? formatDate(dueAt, locale) : "";
  if (status === "waiting_merchant") return fill(t.dueMerchant, { at });
  if (status === "waiting_buyer") return fill(t.dueBuyer, { at, days: limits.disputeReopenDays });
  if (status === "decided" && outcome) return fill(t.outcome, { outcome: outcomes[outcome] });
  return status === "withdrawn" ? t.closedNow : t.withAdmin;
}

interface ActProps {
  dispute: BuyersDispute;
  locale: Locale;
  /** The order's public id. */
  orderId: string;
}

const Hidden = ({ dispute, orderId }: Readonly<Pick<ActProps, "dispute" | "orderId">>) => (
  <>
    <input type="hidden" name="orderId" value={orderId} />
    <input type="hidden" name="disputeId" value={dispute.id} />
    <input type="hidden" name="requestId" value={newId()} />
  </>
);

function AnswerCard({ dispute, locale, path, orderId }: Readonly<ActProps & { path: string }>) {
  const { disputes: t } = getMessages(locale);
  return (
    <Card className="space-y-5">
      <form action={`${path}/answer`} method="post" encType="multipart/form-data" className="space-y-4">
        <input type="hidden" name="requestId" value={newId()} />
        <Field id="text" label={t.buyer.answer} hint={t.buyer.answerHint}>
          <Textarea id="text" name="text" rows={4} maxLength={limits.disputeTextMax} aria-describedby="text-hint" />
        </Field>
        {dispute.pictureIds.length < limits.disputePicturesMax ? <PictureInput locale={locale} /> : null}
        {dispute.mayCallAdmin ? (
          <label className="flex min-h-11 items-center gap-2.5 text-sm">
            <input type="checkbox" name="callAdmin" className="size-4.5 shrink-0" />
            {t.buyer.callAdmin}
          </label>
        ) : null}
        <SubmitButton variant="ink" pendingLabel={t.page.sending}>
          {t.buyer.send}
        </SubmitButton>
      </form>
      <ActionForm action={withdrawDisputeAction} locale={locale} errors={t.errors} className="border-t pt-4">
        <Hidden dispute={dispute} orderId={orderId} />
        <ActionSubmit size="sm" variant="quiet" className="-ml-3" pendingLabel={t.buyer.withdrawing}>
          {t.buyer.withdraw}
        </ActionSubmit>
      </ActionForm>
    </Card>
  );
}

/** Only while it can be opened again: a door that is shut is not shown. */
async function ReopenCard({ dispute, locale, orderId }: Readonly<ActProps>) {
  const { disputes: t } = getMessages(locale);
  const until = dispute.reopenUntil;
  if (!until || until.getTime() <= getDeps().clock.now()) return null;
  return (
    <Card>
      <ActionForm action={reopenDisputeAction} locale={locale} errors={t.errors} className="space-y-4">
        <Notice title={t.buyer.reopenTitle}>{fill(t.buyer.reopenLead, { until: formatDate(until, locale) })}</Notice>
        <Hidden dispute={dispute} orderId={orderId} />
        <AreaField name="text" label={t.buyer.reopenText} required rows={4} maxLength={limits.disputeTextMax} />
        <ActionSubmit variant="ink" pendingLabel={t.buyer.reopening}>
          {t.buyer.reopen}
        </ActionSubmit>
      </ActionForm>
    </Card>
  );
}
