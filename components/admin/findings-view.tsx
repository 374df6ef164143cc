import Link from "next/link";
import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";
import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead } from "@/components/merchant/page-head";
import { SavedFilters } from "@/components/merchant/saved-filters";
import { buttonClass } from "@/components/ui/button";
import { listAccountIds } from "@/lib/features/payments/list-events";
import { countFindings, type InboxCounts, listInboxChoices } from "@/lib/features/reconciliation/count-findings";
import {
  FINDING_AGES,
  type FindingListQuery,
  INBOX_OWNERS,
  INBOX_SORTS,
  INBOX_STATES,
  VIEW_FIELDS,
} from "@/lib/features/reconciliation/inbox-schema";
import { SEVERITIES } from "@/lib/features/reconciliation/kinds";
import { listFindings } from "@/lib/features/reconciliation/list-findings";
import { getMessages } from "@/lib/i18n";
import { CURRENCIES } from "@/lib/kernel/money";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { kindOf } from "./finding-words";
import { FindingCounts } from "./findings-counts";
import { FindingsList } from "./findings-list";
import type { AdminListProps } from "./list-props";

type FormAction = ComponentProps<typeof ActionForm>["action"];

export interface InboxActions {
  readonly bulk: FormAction;
  readonly save: FormAction;
  readonly forget: FormAction;
}

type FindingsViewProps = AdminListProps<FindingListQuery> & {
  readonly viewer: Viewer;
  readonly actions: InboxActions;
};

/** Whatever does not add up, as a list that people work off. */
export async function FindingsView({ locale, viewer, query, actions }: FindingsViewProps) {
  const { admin, findings: t } = getMessages(locale);
  const deps = getDeps();
  const path = `/${locale}/admin/findings`;
  const [page, counts, choices, accounts] = await Promise.all([
    listFindings(deps, viewer, query),
    countFindings(deps, viewer),
    listInboxChoices(deps, viewer),
    listAccountIds(deps),
  ]);
  const values = Object.fromEntries(VIEW_FIELDS.map((field) => [field, query[field]]));
  const isNarrowed = VIEW_FIELDS.some((field) => Boolean(query[field]) && query[field] !== DEFAULTS[field]);
  const none = { title: t.noneTitle, text: t.noneText };
  return (
    <>
      <PageHead title={admin.findings.title} lead={t.lead}>
        <Link href={`${path}/runs`} prefetch={false} className={buttonClass({ size: "sm" })}>
          {t.runs}
        </Link>
        <Link href={`${path}/automatic`} prefetch={false} className={buttonClass({ size: "sm" })}>
          {t.policies.link}
        </Link>
      </PageHead>
      <FindingCounts locale={locale} path={path} counts={counts} />
      <SavedFilters
        {...{ locale, viewer, path, values, actions }}
        list="findings"
        isFiltered={isNarrowed}
        words={t.views}
      />
      <ListFrame
        locale={locale}
        path={path}
        search={{ value: query.q, hint: t.search }}
        filters={filtersOf({ locale, query, counts, merchants: choices.merchants, accounts })}
        page={1}
        hasMore={false}
        keys={{ newer: page.newer, older: page.older, labels: [t.newer, t.older] }}
        isEmpty={page.rows.length === 0}
        empty={isNarrowed ? none : { title: admin.findings.emptyTitle, text: admin.findings.emptyText }}
        none={none}
      >
        <FindingsList locale={locale} rows={page.rows} bulk={actions.bulk} />
      </ListFrame>
    </>
  );
}

/** What the address need not say. */
const DEFAULTS: Readonly<Record<string, string>> = { status: "live", sort: "urgent" };

interface FilterFacts extends AdminListProps<FindingListQuery> {
  readonly counts: InboxCounts;
  readonly merchants: readonly { readonly id: string; readonly name: string }[];
  readonly accounts: readonly string[];
}

function filtersOf({
  locale,
  query,
  counts,
  merchants,
  accounts,
}: FilterFacts): ComponentProps<typeof ListFrame>["filters"] {
  const t = getMessages(locale).findings;
  const kinds = [...new Set([...counts.kinds.map(({ kind }) => kind), ...(query.kind ? [query.kind] : [])])];
  const pairs = <K extends string>(names: readonly K[], words: Readonly<Record<K, string>>) =>
    names.map((name) => [name, words[name]] as const);
  const choice = (name: keyof typeof t.filters, options: readonly (readonly [string, string])[]) => ({
    name,
    label: t.filters[name],
    value: query[name] ?? "",
    options,
  });
  return [
    { ...choice("status", pairs(INBOX_STATES, t.states)), isSort: true },
    choice(
      "kind",
      kinds.map((kind) => [kind, kindOf(kind, locale)] as const),
    ),
    choice("severity", pairs(SEVERITIES, t.severities)),
    choice("age", pairs(FINDING_AGES, t.ages)),
    choice("owner", pairs(INBOX_OWNERS, t.owners)),
    choice(
      "merchant",
      merchants.map(({ id, name }) => [id, name] as const),
    ),
    choice(
      "account",
      accounts.map((id) => [id, id] as const),
    ),
    choice(
      "currency",
      CURRENCIES.map((currency) => [currency, currency] as const),
    ),
    choice("halted", [["on", t.haltedOnly]]),
    { ...choice("sort", pairs(INBOX_SORTS, t.sorts)), isSort: true },
  ];
}
