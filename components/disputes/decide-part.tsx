import type { ReactNode } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { AreaField, TextField } from "@/components/form/fields";
import { Part } from "@/components/merchant/page-head";
import type { StaffDispute } from "@/lib/features/disputes/queries";
import type { Outcome } from "@/lib/features/disputes/rules";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Currency } from "@/lib/kernel/money";
import type { DisputeActs } from "./acts";

interface DecidePartProps {
  locale: Locale;
  dispute: StaffDispute;
  acts: DisputeActs;
  isAdmin: boolean;
}

/** Another card, a refusal, or a compensation: a form each, so that nothing is decided by a wrong press. */
export function DecidePart({ locale, dispute, acts, isAdmin }: Readonly<DecidePartProps>) {
  const t = getMessages(locale).disputes.page;
  const limit = formatMinor(limits.aloneMinorMax[dispute.currency as Currency].toString(), dispute.currency, locale);
  return (
    <Part title={t.decide} note={t.decideLead}>
      <div className="space-y-3">
        {dispute.position === null ? null : (
          <Choice {...{ locale, dispute }} action={acts.decide} outcome="replace" isOpen={!isAdmin}>
            {[t.replace, t.replaceLead, t.replacing]}
          </Choice>
        )}
        <Choice {...{ locale, dispute }} action={acts.decide} outcome="reject">
          {[t.reject, fill(t.rejectLead, { days: limits.disputeReopenDays }), t.rejecting]}
        </Choice>
        {acts.money && dispute.email !== "" ? (
          <Choice
            {...{ locale, dispute }}
            action={acts.money}
            outcome="compensate"
            field={
              <TextField
                name="amount"
                label={fill(t.amount, { currency: dispute.currency })}
                inputMode="decimal"
                required
                maxLength={20}
                className="max-w-40"
              />
            }
          >
            {[t.compensate, fill(t.compensateLead, { limit }), t.compensating]}
          </Choice>
        ) : null}
      </div>
    </Part>
  );
}

interface ChoiceProps {
  locale: Locale;
  dispute: StaffDispute;
  action: DisputeActs["answer"];
  outcome: Exclude<Outcome, "refund">;
  field?: ReactNode;
  isOpen?: boolean;
  children: readonly [label: string, lead: string, busy: string];
}

function Choice({ locale, dispute, action, outcome, field, isOpen = false, children }: Readonly<ChoiceProps>) {
  const { disputes, staff, life } = getMessages(locale);
  const t = disputes.page;
  const [label, lead, busy] = children;
  return (
    <section className="rounded-md border bg-surface">
      <details open={isOpen}>
        <summary className="cursor-pointer rounded-md px-5 py-3 font-medium">{label}</summary>
        {/* What was read is part of the intention: after another message it is another form. */}
        <ActionForm
          key={dispute.messageCount}
          action={action}
          locale={locale}
          errors={{ ...staff.errors, ...life.errors, ...disputes.errors }}
          className="space-y-4 px-5 pt-1 pb-5"
        >
          <p className="text-sm text-soft">{lead}</p>
          <input type="hidden" name="outcome" value={outcome} />
          <input type="hidden" name="disputeId" value={dispute.id} />
          <input type="hidden" name="decisionId" value={newId()} />
          <input type="hidden" name="seen" value={dispute.messageCount} />
          {outcome === "replace" ? (
            <input type="hidden" name="seenReplacements" value={dispute.replacementCount} />
          ) : null}
          {field}
          <AreaField
            name="reason"
            label={t.reason}
            hint={t.reasonHint}
            required
            rows={2}
            maxLength={limits.disputeReasonMax}
          />
          <ActionSubmit variant={outcome === "replace" ? "seal" : "outline"} pendingLabel={busy}>
            {label}
          </ActionSubmit>
        </ActionForm>
      </details>
    </section>
  );
}
