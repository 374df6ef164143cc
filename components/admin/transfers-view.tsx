import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead } from "@/components/merchant/page-head";
import { Notice } from "@/components/ui/notice";
import { countAdmins, listTransfers } from "@/lib/features/transfers/queries";
import { TRANSFER_LISTS, type TransferListQuery } from "@/lib/features/transfers/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatMoney } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { type Currency, money } from "@/lib/kernel/money";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import type { AdminListProps } from "./list-props";
import { TransferCard, type TransferCardActions } from "./transfer-card";

type TransfersViewProps = AdminListProps<TransferListQuery> &
  TransferCardActions & { readonly viewer: Extract<Viewer, { kind: "admin" }> };

/** The limits of the currencies that wait here, or of the first one where nothing does. */
function limitsIn(currencies: readonly Currency[], locale: Locale): string {
  const named = [...new Set(currencies.length > 0 ? currencies : (["CNY"] as const))];
  return named.map((currency) => formatMoney(money(limits.aloneMinorMax[currency], currency), locale)).join(" / ");
}

/** Transfers by hand: whoever waits for a person, the one who waits longest first. */
export async function TransfersView({ locale, query, viewer, ...actions }: TransfersViewProps) {
  const t = getMessages(locale).transfers;
  const deps = getDeps();
  const [{ rows, page, hasMore }, admins] = await Promise.all([listTransfers(deps, viewer, query), countAdmins(deps)]);
  const currencies = rows.map(({ currency }) => currency);
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      <div className="mb-4 space-y-2 text-sm">
        <p className="text-soft">{fill(t.twoNames, { limits: limitsIn(currencies, locale) })}</p>
        {admins < 2 ? <Notice>{t.onlyOne}</Notice> : null}
      </div>
      <ListFrame
        locale={locale}
        path={`/${locale}/admin/transfers`}
        search={{ value: query.q, hint: t.searchHint }}
        filters={[
          {
            name: "list",
            label: t.list,
            value: query.list,
            options: TRANSFER_LISTS.map((list) => [list, t.lists[list]] as const),
            isSort: true,
          },
        ]}
        page={page}
        hasMore={hasMore}
        isEmpty={rows.length === 0}
        empty={
          query.list === "decided" ? { title: t.undecidedTitle, text: "" } : { title: t.emptyTitle, text: t.emptyText }
        }
        none={{ title: t.noneTitle, text: t.noneText }}
      >
        <ul className="space-y-4">
          {rows.map((row) => (
            <li key={row.attemptId}>
              <TransferCard row={row} locale={locale} viewer={viewer} now={deps.clock.now()} {...actions} />
            </li>
          ))}
        </ul>
      </ListFrame>
    </>
  );
}
