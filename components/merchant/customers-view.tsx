import Link from "next/link";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { type CustomerRow, listCustomers } from "@/lib/features/merchants/customers";
import type { CustomerListQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { formatCount, formatMinor } from "@/lib/i18n/format";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { ListFrame } from "./list-frame";
import { PageHead } from "./page-head";
import type { ViewProps } from "./view";

interface CustomersViewProps extends ViewProps {
  readonly viewer: Extract<Viewer, { kind: "merchant" }>;
  readonly query: CustomerListQuery;
}

/** Who buys: each address with what it bought, and the orders behind it a click away. */
export async function CustomersView({ query, ...view }: CustomersViewProps) {
  const { locale, viewer, base } = view;
  const t = getMessages(locale).selling.customers;
  const { rows, next } = await listCustomers(getDeps(), viewer, query);
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      <ListFrame
        locale={locale}
        path={`${base}/customers`}
        search={{ value: query.q, hint: t.searchHint }}
        page={1}
        hasMore={false}
        keys={{ newer: null, older: next, labels: [t.newer, t.older] }}
        isEmpty={rows.length === 0}
        empty={{ title: t.emptyTitle, text: t.emptyText }}
        none={{ title: t.noneTitle, text: t.noneText }}
      >
        <Table aria-label={t.title}>
          <thead>
            <tr>
              <HeadCell>{t.email}</HeadCell>
              <HeadCell className="text-right">{t.placed}</HeadCell>
              <HeadCell className="text-right">{t.paid}</HeadCell>
              <HeadCell className="text-right">{t.sales}</HeadCell>
              <HeadCell>{t.first}</HeadCell>
              <HeadCell>{t.last}</HeadCell>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Customer key={row.email} locale={locale} base={base} row={row} />
            ))}
          </tbody>
        </Table>
      </ListFrame>
    </>
  );
}

function Customer({ locale, base, row }: Pick<ViewProps, "locale" | "base"> & { readonly row: CustomerRow }) {
  return (
    <tr className="hover:bg-sunken">
      <Cell className="min-w-44 max-w-64 break-all">
        <Link
          href={`${base}/orders?q=${encodeURIComponent(row.email)}`}
          prefetch={false}
          className="underline decoration-line underline-offset-4 hover:decoration-ink"
        >
          {row.email}
        </Link>
      </Cell>
      <Cell className="figures text-right">{formatCount(row.placed, locale)}</Cell>
      <Cell className="figures text-right">{formatCount(row.paid, locale)}</Cell>
      <Cell className="figures whitespace-nowrap text-right">
        {row.sales.map(({ currency, salesMinor }) => formatMinor(salesMinor, currency, locale)).join(" + ")}
      </Cell>
      <Cell className="figures whitespace-nowrap text-soft">{row.firstDay}</Cell>
      <Cell className="figures whitespace-nowrap text-soft">{row.lastDay}</Cell>
    </tr>
  );
}
