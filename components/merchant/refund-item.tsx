import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import type { RefundRow } from "@/lib/features/payments/refund-state";
import { CANCELLED } from "@/lib/features/payments/refunds";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { CopiedNumber } from "./copied-number";
import { wordOf } from "./state-badges";

/** Where a refund stands, in the words of the messages: one that was taken back did not fail. */
export const refundStateOf = ({ status, failure }: Pick<RefundRow, "status" | "failure">): string =>
  status === "failed" && failure === CANCELLED ? "cancelled" : status;

/** One refund of a payment: how much, by which way, by whom, how far; and below it what can be done. */
export function RefundItem({
  locale,
  refund,
  children,
}: Readonly<{ locale: Locale; refund: RefundRow; children?: ReactNode }>) {
  const t = getMessages(locale).money.order;
  const state = refundStateOf(refund);
  const isUnderWay = refund.status === "requested" || refund.status === "processing";
  const who = refund.requestedByKind === "system" ? t.bySystem : (refund.requestedBy ?? t.byAdmin);
  const numbers = [
    [t.refundNo, refund.refundNo],
    [t.gatewayRefundNo, refund.gatewayRefundNumber],
    [t.outsideReference, refund.outsideReference],
  ] as const;
  return (
    <div id={`refund-${refund.refundNo}`} className="space-y-1.5 border-l-2 pl-4 text-sm">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="figures font-medium">
          −{formatMinor(refund.amountMinor.toString(), refund.currency, locale)}
        </span>
        <Badge tone={state === "failed" ? "seal" : state === "succeeded" ? "strong" : "plain"}>
          {wordOf(t.statuses, state)}
        </Badge>
        <span className="text-soft">{wordOf(t.methods, refund.method)}</span>
        <span className="text-soft">
          {fill(t.by, { who, date: formatStamp(refund.createdAt, locale) })}
          {refund.finishedAt ? ` · ${fill(t.finishedAt, { date: formatStamp(refund.finishedAt, locale) })}` : ""}
        </span>
      </p>
      {refund.reason ? <p className="text-soft wrap-anywhere">{refund.reason}</p> : null}
      {state === "failed" ? (
        <p className="text-cinnabar">{fill(t.failure, { reason: refund.failure ?? "—" })}</p>
      ) : null}
      {isUnderWay ? (
        <p className="text-faint">
          {refund.callCount > 0 ? fill(t.told, { count: refund.callCount }) : t.untold}
          {refund.isStuck ? ` · ${t.stuck}` : ""}
        </p>
      ) : null}
      <dl className="flex flex-wrap gap-x-6 gap-y-1">
        {numbers.map(([label, number]) =>
          number ? (
            <div key={label} className="flex flex-wrap items-center gap-x-2">
              <dt className="text-faint">{label}</dt>
              <dd className="min-w-0">
                <CopiedNumber number={number} locale={locale} />
              </dd>
            </div>
          ) : null,
        )}
      </dl>
      {children}
    </div>
  );
}
