import Link from "next/link";
import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";
import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead } from "@/components/merchant/page-head";
import { inLocale, type ViewProps } from "@/components/merchant/view";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { type DisputeRow, listDisputes } from "@/lib/features/disputes/queries";
import { DISPUTE_STATES, type DisputeState, isOpen } from "@/lib/features/disputes/rules";
import type { DisputeListQuery } from "@/lib/features/disputes/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { SuspectBatches } from "./suspect-batches";

interface DisputesViewProps extends ViewProps {
  readonly query: DisputeListQuery;
  readonly moveBatch: ComponentProps<typeof ActionForm>["action"];
}

/** The viewer's disputes: what waits for the viewer first. */
export async function DisputesView({ locale, viewer, base, query, moveBatch }: DisputesViewProps) {
  const { rows, page, hasMore } = await listDisputes(getDeps(), viewer, query);
  const { list: t, states, title } = getMessages(locale).disputes;
  const isAdmin = viewer.kind === "admin";
  return (
    <>
      <PageHead title={title} lead={isAdmin ? t.adminLead : t.merchantLead} />
      <SuspectBatches {...{ locale, viewer, base, moveBatch }} />
      <ListFrame
        locale={locale}
        path={`${base}/disputes`}
        filters={[
          {
            name: "status",
            label: t.status,
            value: query.status ?? "",
            options: DISPUTE_STATES.map((status) => [status, states[status]] as const),
          },
        ]}
        page={page}
        hasMore={hasMore}
        isEmpty={rows.length === 0}
        empty={{ title: t.emptyTitle, text: t.emptyText }}
        none={{ title: t.noneTitle, text: t.noneText }}
      >
        <DisputesTable {...{ locale, base, rows, isAdmin }} />
      </ListFrame>
    </>
  );
}

/** "Already used · card 2": what a dispute is about, in a line. */
export function aboutOf({ kind, position }: Pick<DisputeRow, "kind" | "position">, locale: Locale): string {
  const { list: t, kinds } = getMessages(locale).disputes;
  const about = position === null ? t.whole : fill(t.card, { n: position });
  return fill(t.open, { kind: kinds[kind], about });
}

interface DisputesTableProps {
  locale: Locale;
  base: string;
  rows: readonly DisputeRow[];
  isAdmin: boolean;
}

const LINK = "underline decoration-line underline-offset-4 hover:decoration-ink";

function DisputesTable({ locale, base, rows, isAdmin }: Readonly<DisputesTableProps>) {
  const { list: t, title } = getMessages(locale).disputes;
  return (
    <Table aria-label={title}>
      <thead>
        <tr>
          <HeadCell>{t.columns.about}</HeadCell>
          <HeadCell>{t.columns.state}</HeadCell>
          <HeadCell>{t.columns.due}</HeadCell>
          <HeadCell>{t.columns.order}</HeadCell>
          <HeadCell>{t.columns.item}</HeadCell>
          {isAdmin ? <HeadCell>{t.columns.merchant}</HeadCell> : null}
          <HeadCell>{t.columns.opened}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Cell className="min-w-36">
              <Link href={`${base}/disputes/${toPublicId("dispute", row.id)}`} prefetch={false} className={LINK}>
                {aboutOf(row, locale)}
              </Link>
            </Cell>
            <Cell>
              <StateBadge dispute={row} locale={locale} isAdmin={isAdmin} />
            </Cell>
            <Cell className="figures whitespace-nowrap text-soft">
              {row.dueAt ? formatStamp(row.dueAt, locale) : t.none}
              {row.isOverdue ? <span className="block text-xs text-cinnabar">{t.overdue}</span> : null}
            </Cell>
            <Cell className="figures whitespace-nowrap">
              <Link href={`${base}/orders/${toPublicId("order", row.orderId)}`} prefetch={false} className={LINK}>
                {row.orderNumber}
              </Link>
            </Cell>
            <Cell className="min-w-40">{inLocale(locale, row.titleZh, row.titleEn) || t.none}</Cell>
            {isAdmin ? <Cell>{row.merchantName}</Cell> : null}
            <Cell className="figures whitespace-nowrap text-soft">{formatStamp(row.openedAt, locale)}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const toneOf = (status: DisputeState, isAdmin: boolean): BadgeTone => {
  if (status === (isAdmin ? "escalated" : "waiting_merchant")) return "seal";
  return status === "decided" ? "strong" : status === "withdrawn" ? "muted" : "plain";
};

/** Whose turn it is, or how it ended; the viewer's own turn stands out. */
export function StateBadge({
  dispute: { kind, status, outcome },
  locale,
  isAdmin,
}: Readonly<{ dispute: Pick<DisputeRow, "kind" | "status" | "outcome">; locale: Locale; isAdmin: boolean }>) {
  const { states, outcomes, withBank } = getMessages(locale).disputes;
  const state = kind === "chargeback" && isOpen(status) ? withBank : states[status];
  return <Badge tone={toneOf(status, isAdmin)}>{status === "decided" && outcome ? outcomes[outcome] : state}</Badge>;
}
