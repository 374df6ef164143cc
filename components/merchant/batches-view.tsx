import Link from "next/link";
import { buttonClass } from "@/components/ui/button";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { type BatchRow, listBatches } from "@/lib/features/merchants/batches";
import { BATCH_STATUSES, type BatchListQuery } from "@/lib/features/merchants/schema";
import { type BatchQuality, readQuality } from "@/lib/features/replacements/quality";
import { getMessages } from "@/lib/i18n";
import { formatCount, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { fromPublicId, toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { BadRate } from "./bad-rate";
import { ListFrame } from "./list-frame";
import { PageHead } from "./page-head";
import { BatchBadge } from "./state-badges";
import { inLocale, type ViewProps } from "./view";

export async function BatchesView({ query, ...view }: ViewProps & { readonly query: BatchListQuery }) {
  const { locale, viewer, base } = view;
  const { batches: t, labels, nav } = getMessages(locale).merchant;
  const variant = fromPublicId("variant", query.variant ?? "");
  const variantId = variant.ok ? variant.value : undefined;
  const { rows, page, hasMore } = await listBatches(getDeps(), viewer, { ...query, variantId });
  const quality = await readQuality(
    getDeps(),
    rows.map(({ id }) => id),
  );
  return (
    <>
      <PageHead title={t.title}>
        {viewer.kind === "merchant" ? (
          <Link href={`${base}/upload`} className={buttonClass({ variant: "seal", size: "sm" })}>
            {nav.upload}
          </Link>
        ) : null}
      </PageHead>
      <ListFrame
        locale={locale}
        path={`${base}/batches`}
        filters={[
          {
            name: "status",
            label: t.columns.state,
            value: query.status ?? "",
            options: BATCH_STATUSES.map((status) => [status, labels.batch[status]] as const),
          },
        ]}
        page={page}
        hasMore={hasMore}
        isEmpty={rows.length === 0}
        empty={{ title: t.emptyTitle, text: t.emptyText }}
        none={{ title: t.noneTitle, text: "" }}
      >
        <BatchesTable {...view} rows={rows} quality={quality} />
      </ListFrame>
    </>
  );
}

/** "Starlight Card · 30 days" of the variant that a batch filled. */
export const variantTitle = (locale: Locale, { variant }: Pick<BatchRow, "variant">): string =>
  `${inLocale(locale, variant.product.titleZh, variant.product.titleEn)} · ${inLocale(locale, variant.titleZh, variant.titleEn)}`;

interface BatchesTableProps extends ViewProps {
  readonly rows: readonly BatchRow[];
  readonly quality: ReadonlyMap<string, BatchQuality>;
}

function BatchesTable({ locale, viewer, base, rows, quality }: BatchesTableProps) {
  const { title, columns: t } = getMessages(locale).merchant.batches;
  const isAdmin = viewer.kind === "admin";
  return (
    <Table aria-label={title}>
      <thead>
        <tr>
          <HeadCell>{t.number}</HeadCell>
          <HeadCell>{t.state}</HeadCell>
          <HeadCell>{t.variant}</HeadCell>
          <HeadCell className="text-right">{t.lines}</HeadCell>
          <HeadCell className="text-right">{t.accepted}</HeadCell>
          <HeadCell className="text-right">{t.duplicate}</HeadCell>
          <HeadCell className="text-right">{t.rejected}</HeadCell>
          <HeadCell className="text-right">{getMessages(locale).life.quality.badRate}</HeadCell>
          {isAdmin ? <HeadCell>{t.merchant}</HeadCell> : null}
          <HeadCell>{t.at}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} className="hover:bg-sunken">
            <Cell className="figures">
              <Link
                href={`${base}/batches/${toPublicId("batch", row.id)}`}
                prefetch={false}
                className="font-medium underline decoration-line underline-offset-4 hover:decoration-ink"
              >
                {row.number.toString()}
              </Link>
            </Cell>
            <Cell>
              <BatchBadge status={row.status} isHeld={row.holdId !== null} locale={locale} />
            </Cell>
            <Cell className="min-w-40">
              {variantTitle(locale, row)}
              {row.note ? <span className="block text-xs text-faint">{row.note}</span> : null}
            </Cell>
            {[row.lineCount, row.acceptedCount, row.duplicateCount, row.rejectedCount].map((count, column) => (
              <Cell key={column} className="figures text-right">
                {formatCount(count, locale)}
              </Cell>
            ))}
            <Cell className="figures text-right">
              <BadRate quality={quality.get(row.id)} locale={locale} />
            </Cell>
            {isAdmin ? <Cell className="whitespace-nowrap">{row.merchant.name}</Cell> : null}
            <Cell className="figures whitespace-nowrap text-soft">{formatStamp(row.createdAt, locale)}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
