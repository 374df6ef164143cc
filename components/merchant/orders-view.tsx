import { listOrders } from "@/lib/features/merchants/orders";
import { ORDER_EXCEPTIONS, ORDER_STATUSES, type OrderListQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { getDeps } from "@/lib/platform/deps";
import { ListFrame } from "./list-frame";
import { OrdersTable } from "./orders-table";
import { PageHead } from "./page-head";
import type { ViewProps } from "./view";

export async function OrdersView({ query, ...view }: ViewProps & { readonly query: OrderListQuery }) {
  const { locale, viewer, base } = view;
  const { orders: t, labels } = getMessages(locale).merchant;
  const { rows, page, hasMore } = await listOrders(getDeps(), viewer, query);
  return (
    <>
      <PageHead title={t.title} />
      <ListFrame
        locale={locale}
        path={`${base}/orders`}
        search={{ value: query.q, hint: t.searchHint }}
        filters={[
          {
            name: "status",
            label: t.status,
            value: query.status ?? "",
            options: ORDER_STATUSES.map((status) => [status, labels.status[status]] as const),
          },
          {
            name: "exception",
            label: t.exception,
            value: query.exception ?? "",
            options: (["open", "any", ...ORDER_EXCEPTIONS] as const).map(
              (kind) => [kind, labels.exception[kind]] as const,
            ),
          },
          { name: "sort", label: t.columns.at, value: query.sort, isSort: true, options: Object.entries(t.sorts) },
        ]}
        page={page}
        hasMore={hasMore}
        isEmpty={rows.length === 0}
        empty={{ title: t.emptyTitle, text: t.emptyText }}
        none={{ title: t.noneTitle, text: t.noneText }}
      >
        <OrdersTable {...view} label={t.title} orders={rows} />
      </ListFrame>
    </>
  );
}
