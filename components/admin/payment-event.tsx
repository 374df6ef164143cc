import Link from "next/link";
import { CopiedNumber } from "@/components/merchant/copied-number";
import { EvidenceFields } from "@/components/merchant/evidence-fields";
import { wordOf } from "@/components/merchant/state-badges";
import { Badge } from "@/components/ui/badge";
import type { InboxRow } from "@/lib/features/payments/list-events";
import { getMessages } from "@/lib/i18n";
import { formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { OrderLink } from "./order-link";

interface EventProps {
  readonly locale: Locale;
  readonly row: InboxRow;
}

/** One event: a line, and opened its judgement in words, its numbers and its raw text. */
export function PaymentEvent({ locale, row }: EventProps) {
  const { money, merchant } = getMessages(locale);
  const t = money.inbox;
  const verdict = row.verdict ?? "unjudged";
  const isPlain = verdict === "settled" || verdict === "refund_matched";
  return (
    <li className="py-3">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm">
        <time dateTime={row.receivedAt.toISOString()} className="figures whitespace-nowrap text-soft">
          {formatStamp(row.receivedAt, locale)}
        </time>
        <Badge tone={isPlain ? "strong" : "seal"}>{wordOf(merchant.order.verdicts, verdict)}</Badge>
        {row.amountMinor === null ? null : (
          <span className="figures font-medium">
            {formatMinor(row.amountMinor.toString(), row.currency ?? "", locale)}
          </span>
        )}
        <span className="text-soft">
          {t.kinds[row.kind]} · {row.accountId} · {wordOf(merchant.order.sources, row.source)}
        </span>
        <OrderLink locale={locale} orderId={row.orderId} number={row.orderNumber} />
        {row.findings.map((finding) => (
          <FindingLink key={finding.kind} locale={locale} {...finding} />
        ))}
      </div>
      <details className="mt-1 text-sm">
        <summary className="w-fit cursor-pointer text-soft underline decoration-line underline-offset-4">
          {t.open}
        </summary>
        <Opened locale={locale} row={row} />
      </details>
    </li>
  );
}

function FindingLink({ locale, id, kind, status }: Readonly<{ locale: Locale } & InboxRow["findings"][number]>) {
  const { admin, money } = getMessages(locale);
  const isOpen = status === "open" || status === "in_work";
  return (
    <Link
      href={`/${locale}/admin/findings/${toPublicId("finding", id)}`}
      prefetch={false}
      className="underline decoration-line underline-offset-4 hover:decoration-ink"
    >
      {money.inbox.finding}: {wordOf(admin.findings.kinds, kind)} (
      {isOpen ? money.inbox.findingOpen : money.inbox.findingDone})
    </Link>
  );
}

function Opened({ locale, row }: EventProps) {
  const t = getMessages(locale).money.inbox;
  const numbers = [
    [t.outTradeNo, row.outTradeNo],
    [t.tradeNo, row.gatewayTradeNumber],
    [t.refundNo, row.refundNumber],
    [t.gatewayRefundNo, row.gatewayRefundNumber],
    [t.disputeNo, row.disputeNumber],
  ] as const;
  return (
    <div className="mt-2 space-y-3">
      <p className="max-w-prose">{wordOf(t.judgements, row.verdict ?? "unjudged")}</p>
      <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[max-content_minmax(0,1fr)]">
        {numbers.map(([label, number]) =>
          number ? (
            <div key={label} className="contents">
              <dt className="pt-1.5 text-faint">{label}</dt>
              <dd>
                <CopiedNumber number={number} locale={locale} />
              </dd>
            </div>
          ) : null,
        )}
      </dl>
      <div>
        <h2 className="font-medium">{t.raw}</h2>
        <p className="mb-1.5 text-xs text-faint">{t.rawNote}</p>
        <EvidenceFields fields={row.fields} locale={locale} />
      </div>
    </div>
  );
}
