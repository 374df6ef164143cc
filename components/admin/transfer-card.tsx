import type { ReactNode } from "react";
import { Facts } from "@/components/merchant/page-head";
import { OrderBadges } from "@/components/merchant/state-badges";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { TransferRow } from "@/lib/features/transfers/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { Viewer } from "@/lib/kernel/viewer";
import { OrderLink } from "./order-link";
import { ConfirmTransfer, type FormAction, RecordTransfer, RefuseTransfer } from "./transfer-forms";

export interface TransferCardActions {
  readonly record: FormAction;
  readonly confirm: FormAction;
  readonly refuse: FormAction;
}

interface TransferCardProps extends TransferCardActions {
  row: TransferRow;
  locale: Locale;
  viewer: Extract<Viewer, { kind: "admin" }>;
  now: number;
}

const MINUTE = 60_000;

/** How long somebody has waited, in the largest unit that is not nought. */
function ageOf(since: Date, now: number, locale: Locale): string {
  const t = getMessages(locale).transfers.age;
  const minutes = Math.max(0, Math.floor((now - since.getTime()) / MINUTE));
  if (minutes < 60) return fill(t.minutes, { count: minutes });
  if (minutes < 48 * 60) return fill(t.hours, { count: Math.floor(minutes / 60) });
  return fill(t.days, { count: Math.floor(minutes / (24 * 60)) });
}

function factsOf(row: TransferRow, locale: Locale): (readonly [string, ReactNode])[] {
  const t = getMessages(locale).transfers.facts;
  const at = (moment: Date) => formatStamp(moment, locale);
  const reported = !row.reportedAt
    ? t.unreported
    : row.reportReference
      ? fill(t.reportedWith, { at: at(row.reportedAt), reference: row.reportReference })
      : at(row.reportedAt);
  return [
    [t.due, formatMinor(row.totalMinor.toString(), row.currency, locale)],
    [t.account, locale === "zh" ? row.accountZh : row.accountEn],
    [
      t.buyer,
      <span className="wrap-anywhere" key="buyer">
        {row.email || "—"}
      </span>,
    ],
    [
      t.reported,
      <span className="wrap-anywhere" key="reported">
        {reported}
      </span>,
    ],
    ...(row.amountMinor !== null && row.proposedAt
      ? ([
          [t.arrived, formatMinor(row.amountMinor.toString(), row.currency, locale)],
          [
            t.reference,
            <span className="wrap-anywhere" key="reference">
              {row.reference}
            </span>,
          ],
          [t.arrivedOn, row.arrivedOn],
          [t.proposed, fill(t.proposedBy, { name: row.proposerEmail ?? "—", at: at(row.proposedAt) })],
        ] as const)
      : []),
    ...(row.decidedAt
      ? ([[t.decided, fill(t.proposedBy, { name: row.deciderEmail ?? "—", at: at(row.decidedAt) })]] as const)
      : []),
  ];
}

/** One order, what its buyer said, what an admin wrote down, and what can be done. */
export function TransferCard({ row, locale, viewer, now, record, confirm, refuse }: Readonly<TransferCardProps>) {
  const t = getMessages(locale).transfers;
  const isProposed = row.transferStatus === "proposed";
  const state = row.isReportOpen && !isProposed ? "reported" : (row.transferStatus ?? "silent");
  const since = isProposed ? row.proposedAt : row.isReportOpen ? row.reportedAt : null;
  const isOwn = row.proposedBy === viewer.userId;
  return (
    <Card className="space-y-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h2 className="font-semibold">
          <OrderLink locale={locale} orderId={row.orderId} number={row.number} />
        </h2>
        <OrderBadges status={row.status} exception={row.exception} locale={locale} />
        <Badge tone={since ? "seal" : "plain"}>{t.states[state]}</Badge>
        {since ? <span className="figures text-sm text-faint">{ageOf(since, now, locale)}</span> : null}
      </div>
      <Facts facts={factsOf(row, locale)} />
      {row.refusal && !isProposed ? <p className="text-sm text-soft wrap-anywhere">{row.refusal}</p> : null}
      {isProposed && row.needsTwoNames ? <ConfirmTransfer {...{ row, locale, isOwn }} action={confirm} /> : null}
      <div className="grid items-start gap-3 md:grid-cols-2">
        <RecordTransfer {...{ row, locale, now }} isAgain={isProposed} action={record} />
        {isProposed || row.isReportOpen ? <RefuseTransfer {...{ row, locale }} action={refuse} /> : null}
      </div>
    </Card>
  );
}
