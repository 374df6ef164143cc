import Link from "next/link";
import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";
import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import type { ViewProps } from "@/components/merchant/view";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { listGlassNotices, listPools } from "@/lib/features/vault/card-story";
import { toItem } from "@/lib/features/vault/item";
import { findRows, listCards } from "@/lib/features/vault/list-cards";
import type { VaultQuery } from "@/lib/features/vault/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import { newId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { filtersOf, queryText } from "./filters";
import { GlassNotices } from "./glass-notices";
import { SecretSearch } from "./secret-search";
import { VaultList } from "./vault-list";

type FormAction = ComponentProps<typeof ActionForm>["action"];

export interface VaultActs {
  readonly search: FormAction;
  readonly move: FormAction;
}

interface VaultViewProps extends ViewProps {
  readonly query: VaultQuery;
  /** What a search for an exact text has found, in place of the list. */
  readonly found: readonly string[] | null;
  /** The code of what a form without scripts was refused. */
  readonly refused: string | null;
  readonly acts: VaultActs;
}

/** The viewer's cards: masked, filtered by the address, as long as one scrolls. */
export async function VaultView({ query, found, refused, acts, ...view }: VaultViewProps) {
  const { locale, viewer, base } = view;
  const { vault: t, merchant, life, staff, pools } = getMessages(locale);
  const deps = getDeps();
  const notices = await listGlassNotices(deps, viewer);
  const page = found ? { rows: await findRows(deps, viewer, found), next: null } : await listCards(deps, viewer, query);
  const list = (
    <VaultList
      key={queryText(query, found)}
      locale={locale}
      base={base}
      role={viewer.kind}
      first={page.rows.map(toItem)}
      next={page.next}
      query={found ? null : queryText(query, null)}
      move={acts.move}
      moveId={newId()}
      t={t}
      words={{
        states: merchant.labels.card,
        kinds: life.batch.kinds,
        errors: { ...staff.errors, ...life.errors, no_such_pool: pools.errors.no_such_pool },
        pool: { label: pools.vaultPool, hint: pools.vaultPoolHint, none: pools.none },
      }}
      pools={viewer.kind === "merchant" ? await listPools(deps, viewer) : []}
    />
  );
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      {refused ? (
        <Notice tone="seal" role="alert" className="mb-5">
          {wordOf({ ...staff.errors, ...life.errors }, refused)}
        </Notice>
      ) : null}
      <GlassNotices locale={locale} base={base} notices={notices} />
      <SecretSearch locale={locale} search={acts.search} isOpen={found !== null} />
      {found ? (
        <>
          <p className="mb-3 flex flex-wrap items-center gap-3 text-sm">
            {fill(t.found, { count: formatCount(page.rows.length, locale) })}
            <Link href={`${base}/vault`} prefetch={false} className={buttonClass({ size: "sm" })}>
              {t.backToList}
            </Link>
          </p>
          {list}
        </>
      ) : (
        <ListFrame
          locale={locale}
          path={`${base}/vault`}
          search={{ value: query.q ?? "", hint: t.searchHint }}
          filters={await filtersOf(view, query)}
          days={[
            { name: "from", label: t.from, value: query.from ?? "" },
            { name: "to", label: t.to, value: query.to ?? "" },
          ]}
          page={1}
          hasMore={false}
          keys={{ newer: query.after ? "" : null, older: page.next, labels: [t.newer, t.older] }}
          isEmpty={page.rows.length === 0}
          empty={{ title: t.emptyTitle, text: t.emptyText }}
          none={{ title: t.noneTitle, text: t.noneText }}
        >
          {list}
        </ListFrame>
      )}
    </>
  );
}
