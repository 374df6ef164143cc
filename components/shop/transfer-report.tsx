import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { Notice } from "@/components/ui/notice";
import type { OrderView } from "@/lib/features/orders/view";
import { findReport } from "@/lib/features/transfers/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatDate } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";

interface TransferReportProps {
  /** The order's public id, as the page's address has it. */
  orderId: string;
  order: Pick<OrderView, "payments" | "paidMinor" | "status">;
  locale: Locale;
  action: ComponentProps<typeof ActionForm>["action"];
}

const HEARD: ReadonlySet<OrderView["status"]> = new Set(["pending", "expired", "cancelled"]);

/**
 * "I have transferred", what became of it, and what happens next: for an order that no money has reached and that is, or was said to
 * be, paid by hand.
 */
export async function TransferReport({ orderId, order, locale, action }: Readonly<TransferReportProps>) {
  const attempt = order.payments.findLast(({ kind }) => kind === "transfer");
  if (!attempt || order.paidMinor > 0n || !HEARD.has(order.status)) return null;
  const { transfers, errors } = getMessages(locale);
  const t = transfers.buyer;
  const report = await findReport(getDeps(), attempt.id);
  // He has chosen another way since.
  if (!report && order.payments.at(-1) !== attempt) return null;
  const isWaiting = report !== null && report.closedAt === null;
  return (
    <section className="space-y-3 text-left" aria-label={t.title}>
      {isWaiting ? (
        <Notice role="status" title={t.toldTitle}>
          <p>{fill(t.told, { at: formatDate(report.reportedAt, locale) })}</p>
          {report.reference ? (
            <p className="mt-1 wrap-anywhere">{fill(t.toldWith, { reference: report.reference })}</p>
          ) : null}
        </Notice>
      ) : null}
      {report?.refusal ? (
        <Notice tone="seal" title={t.refusedTitle}>
          <p className="wrap-anywhere">{fill(t.refused, { reason: report.refusal })}</p>
        </Notice>
      ) : null}
      {isWaiting ? null : (
        <div>
          <h2 className="font-semibold">{t.title}</h2>
          <p className="text-sm text-soft">{t.lead}</p>
        </div>
      )}
      <ActionForm action={action} locale={locale} errors={errors} className="space-y-3">
        <input type="hidden" name="orderId" value={orderId} />
        <input type="hidden" name="attemptId" value={attempt.id} />
        <TextField
          name="reference"
          label={t.reference}
          hint={t.referenceHint}
          defaultValue={report?.reference ?? ""}
          maxLength={limits.transferReferenceMax}
          autoComplete="off"
        />
        <ActionSubmit
          variant={isWaiting ? "outline" : "seal"}
          size={isWaiting ? "sm" : "lg"}
          pendingLabel={t.submitting}
          className="w-full"
        >
          {isWaiting ? t.again : t.submit}
        </ActionSubmit>
      </ActionForm>
      <p className="text-sm text-faint">{t.late}</p>
    </section>
  );
}
