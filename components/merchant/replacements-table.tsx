import Link from "next/link";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import type { ReplacementRow } from "@/lib/features/replacements/queries";
import { getMessages } from "@/lib/i18n";
import { formatCount, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { inLocale } from "./view";

interface ReplacementsTableProps {
  locale: Locale;
  base: string;
  rows: readonly ReplacementRow[];
  cancel: ComponentProps<typeof ActionForm>["action"];
  isOfOneOrder?: boolean;
}

const LINK = "underline decoration-line underline-offset-4 hover:decoration-ink";

/** Cards that were replaced, or wait to be: which, why, from which batch, by whom. */
export function ReplacementsTable({ locale, base, rows, cancel, isOfOneOrder }: Readonly<ReplacementsTableProps>) {
  const { title, columns: t } = getMessages(locale).life.replace;
  return (
    <Table aria-label={title}>
      <thead>
        <tr>
          {isOfOneOrder ? null : <HeadCell>{t.order}</HeadCell>}
          <HeadCell className="text-right">{t.position}</HeadCell>
          <HeadCell>{t.state}</HeadCell>
          <HeadCell>{t.reason}</HeadCell>
          {isOfOneOrder ? null : <HeadCell>{t.item}</HeadCell>}
          <HeadCell className="text-right">{t.batch}</HeadCell>
          <HeadCell className="text-right">{t.newBatch}</HeadCell>
          <HeadCell>{t.at}</HeadCell>
          <HeadCell>{t.by}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} className="hover:bg-sunken">
            {isOfOneOrder ? null : (
              <Cell className="figures whitespace-nowrap">
                <Link href={`${base}/orders/${toPublicId("order", row.orderId)}`} prefetch={false} className={LINK}>
                  {row.orderNumber}
                </Link>
              </Cell>
            )}
            <Cell className="figures text-right">{formatCount(row.position, locale)}</Cell>
            <Cell>
              <State row={row} locale={locale} cancel={cancel} />
            </Cell>
            <Cell className="min-w-32">
              {getMessages(locale).life.replace.reasons[row.reason]}
              {row.note ? <span className="block break-words text-xs text-faint">{row.note}</span> : null}
            </Cell>
            {isOfOneOrder ? null : <Cell className="min-w-40">{inLocale(locale, row.titleZh, row.titleEn)}</Cell>}
            <Cell className="figures text-right">
              <Link href={`${base}/batches/${toPublicId("batch", row.batchId)}`} prefetch={false} className={LINK}>
                {row.batchNumber.toString()}
              </Link>
            </Cell>
            <Cell className="figures text-right">{row.newBatchNumber?.toString() ?? "—"}</Cell>
            <Cell className="figures whitespace-nowrap text-soft">{formatStamp(row.requestedAt, locale)}</Cell>
            <Cell className="text-soft">{row.email ?? getMessages(locale).life.replace.platform}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const TONES = { waiting: "seal", done: "strong", cancelled: "muted" } as const;

function State({
  row,
  locale,
  cancel,
}: Readonly<Pick<ReplacementsTableProps, "locale" | "cancel"> & { row: ReplacementRow }>) {
  const { life, staff } = getMessages(locale);
  const t = life.replace;
  return (
    <span className="flex flex-wrap items-center gap-1">
      <Badge tone={TONES[row.status]}>{t.states[row.status]}</Badge>
      {row.isGoodwill ? <Badge>{t.goodwillMark}</Badge> : null}
      {row.status === "waiting" ? (
        <ActionForm action={cancel} locale={locale} errors={{ ...staff.errors, ...life.errors }}>
          <input type="hidden" name="replacementId" value={row.id} />
          <ActionSubmit size="sm" variant="quiet" pendingLabel={t.cancelling}>
            {t.cancel}
          </ActionSubmit>
        </ActionForm>
      ) : null}
    </span>
  );
}
