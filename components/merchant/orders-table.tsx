import Link from "next/link";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import type { OrderRow } from "@/lib/features/merchants/orders";
import { getMessages } from "@/lib/i18n";
import { formatCount, formatMinor, formatStamp } from "@/lib/i18n/format";
import { toPublicId } from "@/lib/kernel/id";
import { OrderBadges } from "./state-badges";
import { inLocale, type ViewProps } from "./view";

interface OrdersTableProps extends ViewProps {
  readonly label: string;
  readonly orders: readonly OrderRow[];
}

export function OrdersTable({ locale, viewer, base, label, orders }: OrdersTableProps) {
  const t = getMessages(locale).merchant.orders.columns;
  const isAdmin = viewer.kind === "admin";
  return (
    <Table aria-label={label}>
      <thead>
        <tr>
          <HeadCell>{t.number}</HeadCell>
          <HeadCell>{t.status}</HeadCell>
          <HeadCell>{t.item}</HeadCell>
          <HeadCell className="text-right">{t.quantity}</HeadCell>
          <HeadCell className="text-right">{t.total}</HeadCell>
          <HeadCell>{t.buyer}</HeadCell>
          {isAdmin ? <HeadCell>{t.merchant}</HeadCell> : null}
          <HeadCell>{t.at}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <tr key={order.id} className="hover:bg-sunken">
            <Cell className="figures whitespace-nowrap">
              <Link
                href={`${base}/orders/${toPublicId("order", order.id)}`}
                prefetch={false}
                className="font-medium underline decoration-line underline-offset-4 hover:decoration-ink"
              >
                {order.number}
              </Link>
              {/* On a phone what is beside the number is out of sight. */}
              <span className="block text-xs text-soft sm:hidden">
                {formatMinor(order.totalMinor.toString(), order.currency, locale)} ·{" "}
                {formatStamp(order.createdAt, locale)}
              </span>
            </Cell>
            <Cell>
              <OrderBadges status={order.status} exception={order.exception} locale={locale} />
            </Cell>
            <Cell className="min-w-40">{inLocale(locale, order.titleZh, order.titleEn)}</Cell>
            <Cell className="figures text-right">{formatCount(order.quantity, locale)}</Cell>
            <Cell className="figures whitespace-nowrap text-right">
              {formatMinor(order.totalMinor.toString(), order.currency, locale)}
            </Cell>
            <Cell className="max-w-56 truncate">{order.email}</Cell>
            {isAdmin ? <Cell className="whitespace-nowrap">{order.merchantName}</Cell> : null}
            <Cell className="figures whitespace-nowrap text-soft">{formatStamp(order.createdAt, locale)}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
