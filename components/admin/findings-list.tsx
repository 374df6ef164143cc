import Link from "next/link";
import type { ComponentProps } from "react";
import { ActionForm } from "@/components/form/action-form";
import { Badge } from "@/components/ui/badge";
import type { FindingRow } from "@/lib/features/reconciliation/list-findings";
import { getMessages } from "@/lib/i18n";
import { fill, formatAgo, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { FindingKeys } from "./finding-keys";
import { aboutFinding, GRAVITY_TONES, kindOf, stakeOf } from "./finding-words";
import { FindingsBulkForm } from "./findings-bulk";
import { OrderLink } from "./order-link";

interface ListProps {
  readonly locale: Locale;
  readonly rows: readonly FindingRow[];
  readonly bulk: ComponentProps<typeof ActionForm>["action"];
}

/** The rows, each with its box; what is done with the chosen ones stands below them. One form, which works without scripts. */
export function FindingsList({ locale, rows, bulk }: ListProps) {
  const { findings: t, admin, staff } = getMessages(locale);
  const nowMs = getDeps().clock.now();
  return (
    <ActionForm action={bulk} locale={locale} errors={{ ...staff.errors, ...t.errors }} className="space-y-3">
      <ul aria-label={admin.findings.title} className="border-t">
        {rows.map((row) => (
          <Row key={row.id} {...{ locale, row, nowMs }} />
        ))}
      </ul>
      <FindingsBulkForm t={t.bulk} />
      <FindingKeys t={t.keys} />
    </ActionForm>
  );
}

interface RowProps {
  readonly locale: Locale;
  readonly row: FindingRow;
  readonly nowMs: number;
}

function Row({ locale, row, nowMs }: RowProps) {
  const t = getMessages(locale).findings;
  const kind = kindOf(row.kind, locale);
  return (
    <li
      data-finding
      className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 border-b py-3 hover:bg-sunken md:grid-cols-[auto_minmax(0,1fr)_auto]"
    >
      <input
        type="checkbox"
        name="ids"
        value={row.id}
        aria-label={fill(t.row.choose, { kind, order: row.orderNumber ?? row.accountId ?? "" })}
        className="mt-0.5 ml-1 size-5"
      />
      <div className="min-w-0 space-y-1 text-sm">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Badge tone={GRAVITY_TONES[row.severity]}>{t.severities[row.severity]}</Badge>
          <Link
            href={`/${locale}/admin/findings/${toPublicId("finding", row.id)}`}
            prefetch={false}
            className="font-medium underline decoration-line underline-offset-4 hover:decoration-ink"
          >
            {kind}
          </Link>
          {row.status === "open" ? null : <Badge>{t.states[row.status]}</Badge>}
          {row.isHalted ? <Badge tone="seal">{t.row.halted}</Badge> : null}
          {row.orderId ? <OrderLink locale={locale} orderId={row.orderId} number={row.orderNumber} /> : null}
        </p>
        <p className="wrap-anywhere text-soft">{aboutFinding(row, locale)}</p>
      </div>
      <div className="figures col-start-2 flex flex-wrap gap-x-3 text-sm text-faint md:col-start-3 md:block md:text-right">
        <span className="font-medium text-ink md:block">{stakeOf(row, locale)}</span>
        <time dateTime={row.openedAt.toISOString()} title={formatStamp(row.openedAt, locale)} className="md:block">
          {formatAgo(row.openedAt, nowMs, locale)}
        </time>
        <span className="md:block md:max-w-48 md:truncate">{row.ownerEmail ?? t.row.nobody}</span>
      </div>
    </li>
  );
}
