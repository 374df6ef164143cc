import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { listOrders } from "@/lib/features/merchants/orders";
import { ORDER_EXCEPTIONS, ORDER_STATUSES, type OrderListQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { getDeps } from "@/lib/platform/deps";
import { ListFrame } from "./list-frame";
import { OrdersTable } from "./orders-table";
import { PageHead, QuietLink } from "./page-head";
import { SavedFilters } from "./saved-filters";
import type { ViewProps } from "./view";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface OrdersViewProps extends ViewProps {
  readonly query: OrderListQuery;
  readonly actions: Record<"exportOrders" | "save" | "forget", FormAction>;
}

export async function OrdersView({ query, actions, ...view }: OrdersViewProps) {
  const { locale, viewer, base } = view;
  const { q, status, exception, from, to } = query;
  const kept = { q, status, exception, from, to };
  const { merchant, selling, staff } = getMessages(locale);
  const { orders: t, labels } = merchant;
  const { rows, page, hasMore } = await listOrders(getDeps(), viewer, query);
  return (
    <>
      <PageHead title={t.title}>
        <ActionForm
          action={actions.exportOrders}
          locale={locale}
          errors={staff.errors}
          className="flex flex-wrap items-center gap-2"
        >
          {(["q", "status", "exception", "from", "to"] as const).map((name) => (
            <input key={name} type="hidden" name={name} value={query[name] ?? ""} />
          ))}
          {(["csv", "xlsx"] as const).map((format) => (
            <ActionSubmit key={format} name="format" value={format} size="sm" pendingLabel={staff.form.saving}>
              {selling.exports[format]}
            </ActionSubmit>
          ))}
        </ActionForm>
        <QuietLink href={`${base}/exports`}>{selling.exports.title}</QuietLink>
      </PageHead>
      <SavedFilters
        {...{ locale, viewer, actions }}
        list="orders"
        path={`${base}/orders`}
        values={kept}
        isFiltered={Object.values(kept).some(Boolean)}
      />
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
        days={[
          { name: "from", label: selling.orders.from, value: query.from ?? "" },
          { name: "to", label: selling.orders.to, value: query.to ?? "" },
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
