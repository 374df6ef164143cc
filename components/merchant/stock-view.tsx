import Link from "next/link";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { listExpiring } from "@/lib/features/inventory/expiry";
import { type CareRow, listCare } from "@/lib/features/stock-alerts/care";
import { findChannel } from "@/lib/features/stock-alerts/channel";
import { clearBound } from "@/lib/features/stock-alerts/rules";
import type { CareListQuery } from "@/lib/features/stock-alerts/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { ChannelForms } from "./channel-forms";
import { ExpiringList } from "./expiring-list";
import { ListFrame } from "./list-frame";
import { PageHead, Part } from "./page-head";
import { inLocale, type ViewProps } from "./view";

type FormAction = ComponentProps<typeof ActionForm>["action"];

export interface StockActs {
  readonly saveCare: FormAction;
  readonly saveChannel: FormAction;
  readonly testChannel: FormAction;
}

/** What expires, what runs low, what buyers are promised, and how the merchant hears of it. */
export async function StockView({
  locale,
  viewer,
  base,
  query,
  acts,
}: ViewProps & { readonly query: CareListQuery; readonly acts: StockActs }) {
  const deps = getDeps();
  const [{ rows, page, hasMore }, expiring, channel] = await Promise.all([
    listCare(deps, viewer, query),
    listExpiring(deps, viewer),
    viewer.kind === "merchant" ? findChannel(deps, viewer) : null,
  ]);
  const t = getMessages(locale).life.stock;
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      <Part title={fill(t.expiring, { days: limits.expiringDays })} note={t.expiringNote}>
        <ExpiringList rows={expiring} locale={locale} base={base} />
      </Part>
      <Part title={t.care}>
        <ListFrame
          locale={locale}
          path={`${base}/stock`}
          search={{ value: query.q, hint: t.searchHint }}
          page={page}
          hasMore={hasMore}
          isEmpty={rows.length === 0}
          empty={{ title: t.emptyTitle, text: t.emptyText }}
          none={{ title: t.noneTitle, text: t.noneText }}
        >
          <CareTable {...{ locale, base, rows }} isAdmin={viewer.kind === "admin"} save={acts.saveCare} />
        </ListFrame>
      </Part>
      {channel ? <ChannelForms {...{ locale, channel }} save={acts.saveChannel} test={acts.testChannel} /> : null}
    </>
  );
}

const LINK = "underline decoration-line underline-offset-4 hover:decoration-ink";

interface CareTableProps {
  locale: Locale;
  base: string;
  rows: readonly CareRow[];
  isAdmin: boolean;
  save: FormAction;
}

function CareTable({ locale, base, rows, isAdmin, save }: Readonly<CareTableProps>) {
  const { care, columns: t } = getMessages(locale).life.stock;
  return (
    <Table aria-label={care}>
      <thead>
        <tr>
          <HeadCell>{t.variant}</HeadCell>
          <HeadCell className="text-right">{t.available}</HeadCell>
          <HeadCell className="text-right">{t.low}</HeadCell>
          <HeadCell>{t.warranty}</HeadCell>
          <HeadCell className="text-right">{t.waiting}</HeadCell>
          {isAdmin ? <HeadCell>{t.merchant}</HeadCell> : null}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.variantId} className="hover:bg-sunken">
            <Cell className="min-w-48">
              <Link href={`${base}/products/${toPublicId("product", row.productId)}`} prefetch={false} className={LINK}>
                {inLocale(locale, row.titleZh, row.titleEn)}
              </Link>
              <span className="block text-xs text-faint">{row.sku}</span>
              <CareSettings row={row} locale={locale} save={save} />
            </Cell>
            <Cell className="figures text-right">
              <Available row={row} locale={locale} />
            </Cell>
            <Cell className="figures whitespace-nowrap text-right">
              {formatCount(row.lowStockBelow, locale)} /{" "}
              {formatCount(clearBound(row.lowStockBelow, row.lowStockClear), locale)}
            </Cell>
            <Cell className="min-w-32">{promiseOf(row, locale)}</Cell>
            <Cell className="figures text-right">{formatCount(row.waiting, locale)}</Cell>
            {isAdmin ? <Cell className="whitespace-nowrap">{row.merchantName}</Cell> : null}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Available({ row, locale }: Readonly<{ row: CareRow; locale: Locale }>) {
  const t = getMessages(locale).life.stock;
  return (
    <>
      {formatCount(row.available, locale)}
      {row.isLow ? (
        <span className="mt-1 block">
          <Badge tone="seal">{t.lowNow}</Badge>
        </span>
      ) : null}
      {row.quarantined > 0 ? (
        <span className="block whitespace-nowrap text-xs text-faint">
          {fill(t.quarantined, { count: formatCount(row.quarantined, locale) })}
        </span>
      ) : null}
    </>
  );
}

function promiseOf({ warrantyHours, warrantyCount }: CareRow, locale: Locale): string {
  const t = getMessages(locale).life.stock;
  if (warrantyHours === null) return t.noWarranty;
  const hours = formatCount(warrantyHours, locale);
  if (warrantyCount === null) return fill(t.hoursOnly, { hours });
  return fill(t.hours, { hours, count: formatCount(warrantyCount, locale) });
}

function CareSettings({ row, locale, save }: Readonly<{ row: CareRow; locale: Locale; save: FormAction }>) {
  const { life, staff } = getMessages(locale);
  const t = life.stock;
  const text = (value: number | null) => (value === null ? "" : String(value));
  return (
    <details>
      <summary className="w-fit cursor-pointer py-1.5 text-xs underline decoration-line underline-offset-4">
        {t.edit}
        <span className="sr-only"> {row.sku}</span>
      </summary>
      <ActionForm
        action={save}
        locale={locale}
        errors={{ ...staff.errors, ...life.errors }}
        saved={t.saved}
        className="max-w-md space-y-3 py-2"
      >
        <input type="hidden" name="variantId" value={row.variantId} />
        <TextField
          name="lowStockClear"
          label={t.lowClear}
          hint={fill(t.lowClearHint, { low: row.lowStockBelow })}
          inputMode="numeric"
          defaultValue={text(row.lowStockClear)}
        />
        <TextField
          name="warrantyHours"
          label={t.warrantyHours}
          hint={t.warrantyHoursHint}
          inputMode="numeric"
          defaultValue={text(row.warrantyHours)}
        />
        <TextField
          name="warrantyCount"
          label={t.warrantyCount}
          hint={t.warrantyCountHint}
          inputMode="numeric"
          defaultValue={text(row.warrantyCount)}
        />
        <ActionSubmit size="sm" variant="ink" pendingLabel={t.saving}>
          {t.save}
        </ActionSubmit>
      </ActionForm>
    </details>
  );
}
