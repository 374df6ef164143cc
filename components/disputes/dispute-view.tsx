import { notFound } from "next/navigation";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { AreaField } from "@/components/form/fields";
import { Facts, PageHead, Part, QuietLink } from "@/components/merchant/page-head";
import type { ViewProps } from "@/components/merchant/view";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { findStaffDispute, type StaffDispute } from "@/lib/features/disputes/queries";
import { isOpen } from "@/lib/features/disputes/rules";
import type { DisputePageQuery } from "@/lib/features/disputes/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { newId, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import type { DisputeActs } from "./acts";
import { DecidePart } from "./decide-part";
import { aboutOf, StateBadge } from "./disputes-view";
import { EvidencePart } from "./evidence-part";
import { Pictures } from "./pictures";
import { RefundPart } from "./refund-part";
import { SuspectBatches } from "./suspect-batches";
import { Thread } from "./thread";

interface DisputeViewProps extends ViewProps {
  readonly disputeId: string;
  readonly query: DisputePageQuery;
  readonly acts: DisputeActs;
}

/** All sentences that an act in a dispute may be refused with. */
const disputeErrors = (locale: Locale) => {
  const { staff, life, disputes } = getMessages(locale);
  return { ...staff.errors, ...life.errors, ...disputes.errors };
};

/** One dispute: the thread, the evidence beside it, and what the viewer may decide. Another merchant's is not there. */
export async function DisputeView({ locale, viewer, base, disputeId, query, acts }: DisputeViewProps) {
  const dispute = await findStaffDispute(getDeps(), viewer, disputeId);
  if (!dispute) notFound();
  const t = getMessages(locale).disputes.page;
  const isAdmin = viewer.kind === "admin";
  const view = { locale, viewer, base };
  const mayDecide = isOpen(dispute.status) && dispute.source === "buyer";
  return (
    <>
      <PageHead title={aboutOf(dispute, locale)}>
        <StateBadge dispute={dispute} locale={locale} isAdmin={isAdmin} />
        <QuietLink href={`${base}/orders/${toPublicId("order", dispute.orderId)}`}>
          {fill(t.order, { number: dispute.orderNumber })}
        </QuietLink>
      </PageHead>
      <Standing dispute={dispute} locale={locale} isAdmin={isAdmin} />
      {dispute.batchId ? <SuspectBatches {...view} moveBatch={acts.moveBatch} only={dispute.batchId} /> : null}
      <Facts facts={factsOf(dispute, locale, isAdmin)} />
      {/* Beside the evidence on a desk; on a phone it is read before it is decided. */}
      <div className="mt-8 grid items-start gap-8 lg:grid-cols-2 lg:grid-rows-[auto_1fr] *:min-w-0">
        <div>
          <Part title={t.thread}>
            <Thread messages={dispute.messages} locale={locale} />
          </Part>
          {dispute.pictureIds.length > 0 ? (
            <Part title={t.pictures}>
              <Pictures ids={dispute.pictureIds} base="/api/merchant/disputes/pictures" locale={locale} />
            </Part>
          ) : null}
          {isOpen(dispute.status) && dispute.source === "buyer" ? (
            <Answer dispute={dispute} locale={locale} acts={acts} isAdmin={isAdmin} />
          ) : null}
        </div>
        <div className="lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <EvidencePart dispute={dispute} locale={locale} />
        </div>
        <div className="empty:hidden">
          {mayDecide ? <DecidePart {...{ locale, dispute, acts }} isAdmin={isAdmin} /> : null}
          {mayDecide && acts.money ? <RefundPart {...view} {...{ dispute, query }} confirm={acts.money} /> : null}
        </div>
      </div>
    </>
  );
}

/** What a visitor of the page must not miss: it is being carried out, it waits for a second person, or a bank decides. */
function Standing({ dispute, locale, isAdmin }: Readonly<{ dispute: StaffDispute; locale: Locale; isAdmin: boolean }>) {
  const t = getMessages(locale).disputes.page;
  if (dispute.source === "gateway") {
    const path = `/api/admin/disputes/${toPublicId("dispute", dispute.id)}/pack`;
    return (
      <Notice className="mb-6">
        <p>{t.bank}</p>
        {isAdmin ? (
          <p className="mt-3 flex flex-wrap gap-2">
            <a href={`${path}?locale=zh`} className={buttonClass({ size: "sm" })}>
              {t.packZh}
            </a>
            <a href={`${path}?locale=en`} className={buttonClass({ size: "sm" })}>
              {t.packEn}
            </a>
          </p>
        ) : null}
      </Notice>
    );
  }
  if (dispute.status !== "deciding") return null;
  return (
    <Notice tone="seal" role="status" className="mb-6">
      {dispute.waitsForSecond ? t.waitsForSecond : t.deciding}
    </Notice>
  );
}

function factsOf(dispute: StaffDispute, locale: Locale, isAdmin: boolean): (readonly [string, string])[] {
  const { page, outcomes, list } = getMessages(locale).disputes;
  const t = page.facts;
  const { outcome, outcomeAmountMinor: minor, outcomeCurrency: currency } = dispute;
  const money = minor !== null && currency ? ` ${formatMinor(minor.toString(), currency, locale)}` : "";
  return [
    [t.opened, formatStamp(dispute.openedAt, locale)],
    [t.due, dispute.dueAt ? formatStamp(dispute.dueAt, locale) : list.none],
    [t.buyer, dispute.email || list.none],
    ...(isAdmin ? [[t.merchant, dispute.merchantName] as const] : []),
    ...(dispute.chargebackNumber
      ? [[t.chargeback, `${dispute.accountId} · ${dispute.chargebackNumber}`] as const]
      : []),
    ...(outcome
      ? [[t.outcome, `${outcomes[outcome]}${money}`] as const, [t.reason, dispute.reason ?? ""] as const]
      : []),
  ];
}

interface AnswerProps {
  dispute: StaffDispute;
  locale: Locale;
  acts: DisputeActs;
  isAdmin: boolean;
}

function Answer({ dispute, locale, acts, isAdmin }: Readonly<AnswerProps>) {
  const t = getMessages(locale).disputes.page;
  return (
    <Card className="mt-4">
      {/* A new thread is a new form: what was sent is not sent again. */}
      <ActionForm
        key={dispute.messageCount}
        action={acts.answer}
        locale={locale}
        errors={disputeErrors(locale)}
        className="space-y-4"
      >
        <input type="hidden" name="disputeId" value={dispute.id} />
        <input type="hidden" name="requestId" value={newId()} />
        <AreaField
          name="text"
          label={t.answer}
          hint={t.answerHint}
          required
          rows={4}
          maxLength={limits.disputeTextMax}
        />
        {!isAdmin && dispute.status !== "escalated" ? (
          <label className="flex min-h-11 items-center gap-2.5 text-sm">
            <input type="checkbox" name="callAdmin" className="size-4.5 shrink-0" />
            {t.handOn}
          </label>
        ) : null}
        <ActionSubmit variant="ink" pendingLabel={t.sending}>
          {t.send}
        </ActionSubmit>
      </ActionForm>
    </Card>
  );
}
