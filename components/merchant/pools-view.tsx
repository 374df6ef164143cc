import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import {
  listPools,
  listTransfers,
  listVariantPools,
  type PoolRow,
  type TransferRow,
} from "@/lib/features/pools/queries";
import type { PoolListQuery } from "@/lib/features/pools/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { getDeps } from "@/lib/platform/deps";
import { ListFrame } from "./list-frame";
import { PageHead, Part } from "./page-head";
import type { PoolAction, PoolActs } from "./pool-acts";
import { PoolForm } from "./pool-forms";
import { PoolStockTable } from "./pool-stock-table";
import { wordOf } from "./state-badges";
import type { ViewProps } from "./view";

/** A merchant's pools, what lies in each, from which of them a variant is sold, and what went from one to another. */
export async function PoolsView({
  locale,
  viewer,
  base,
  query,
  acts,
}: ViewProps & { readonly query: PoolListQuery; readonly acts: PoolActs }) {
  const deps = getDeps();
  const [pools, variants, transfers] = await Promise.all([
    listPools(deps, viewer),
    listVariantPools(deps, viewer, query),
    listTransfers(deps, viewer),
  ]);
  const { pools: t, staff } = getMessages(locale);
  const errors = { ...staff.errors, ...t.errors };
  return (
    <>
      <PageHead title={t.title} lead={t.lead}>
        <ActionForm action={acts.count} locale={locale} errors={errors} saved={t.countDone}>
          <ActionSubmit size="sm" pendingLabel={t.counting}>
            {t.count}
          </ActionSubmit>
        </ActionForm>
      </PageHead>
      <Part title={t.list}>
        <PoolList {...{ locale, pools }} save={acts.savePool} />
      </Part>
      <Part title={t.stock} note={t.keptNote}>
        <ListFrame
          locale={locale}
          path={`${base}/pools`}
          search={{ value: query.q, hint: t.searchHint }}
          page={variants.page}
          hasMore={variants.hasMore}
          isEmpty={variants.rows.length === 0}
          empty={{ title: t.emptyTitle, text: t.emptyText }}
          none={{ title: t.noneTitle, text: t.noneText }}
        >
          <PoolStockTable {...{ locale, base, pools, acts }} variants={variants.rows} />
        </ListFrame>
      </Part>
      <Part title={t.transfers}>
        <Transfers locale={locale} rows={transfers} />
      </Part>
    </>
  );
}

function PoolList({ locale, pools, save }: Readonly<{ locale: Locale; pools: readonly PoolRow[]; save: PoolAction }>) {
  const t = getMessages(locale).pools;
  return (
    <ul className="divide-y rounded-md border bg-surface">
      {pools.map((pool) => (
        <li key={pool.id}>
          <details>
            <summary className="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 text-sm">
              <span className="min-w-0 break-words font-medium">{poolNameIn(locale, pool)}</span>
              {pool.channel ? <Badge tone="strong">{wordOf(t.channels, pool.channel)}</Badge> : null}
              <span className="text-faint">{fill(t.usedBy, { count: formatCount(pool.variants, locale) })}</span>
              <span className="ml-auto underline decoration-line underline-offset-4">{t.edit}</span>
            </summary>
            <div className="border-t p-4">
              <PoolForm {...{ locale, pool, save }} />
            </div>
          </details>
        </li>
      ))}
      <li>
        <details open={pools.length === 0}>
          <summary className="cursor-pointer px-4 py-3 text-sm font-medium">{t.add}</summary>
          <div className="border-t p-4">
            <PoolForm {...{ locale, save }} />
          </div>
        </details>
      </li>
    </ul>
  );
}

function Transfers({ locale, rows }: Readonly<{ locale: Locale; rows: readonly TransferRow[] }>) {
  const { noTransfers, transferColumns: t, transfers } = getMessages(locale).pools;
  if (rows.length === 0) return <p className="text-sm text-soft">{noTransfers}</p>;
  return (
    <Table aria-label={transfers}>
      <thead>
        <tr>
          <HeadCell>{t.at}</HeadCell>
          <HeadCell>{t.variant}</HeadCell>
          <HeadCell>{t.way}</HeadCell>
          <HeadCell className="text-right">{t.cards}</HeadCell>
          <HeadCell>{t.batch}</HeadCell>
          <HeadCell>{t.reason}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Cell className="figures whitespace-nowrap text-soft">{formatStamp(row.at, locale)}</Cell>
            <Cell className="whitespace-nowrap">{row.variant.sku}</Cell>
            <Cell className="min-w-40">
              {poolNameIn(locale, row.fromPool)} → {poolNameIn(locale, row.toPool)}
            </Cell>
            <Cell className="figures text-right">{formatCount(row.cardCount, locale)}</Cell>
            <Cell className="figures">{row.batch.number.toString()}</Cell>
            <Cell className="min-w-40 break-words">{row.move.reason}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
