import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { listBuyersDisputes } from "@/lib/features/disputes/queries";
import { isOpen } from "@/lib/features/disputes/rules";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";

interface OrderDisputesProps {
  order: { readonly id: string; readonly status: string };
  /** The address of the order's page. */
  path: string;
  locale: Locale;
}

/** What the buyer reported of an order, how each stands, and the way to report something. */
export async function OrderDisputes({ order, path, locale }: Readonly<OrderDisputesProps>) {
  const rows = await listBuyersDisputes(getDeps(), order.id);
  const t = getMessages(locale).disputes;
  const label = order.status === "delivered" ? t.buyer.reportAny : order.status === "paid" ? t.buyer.reportOrder : null;
  const isWholeReported = rows.some(({ position, status }) => position === null && status !== "withdrawn");
  const mayReport = label !== null && !(order.status === "paid" && isWholeReported);
  if (rows.length === 0 && !mayReport) return null;
  return (
    <section className="border-t pt-4 print:hidden" aria-label={t.buyer.section}>
      {rows.length > 0 ? (
        <>
          <h2 className="mb-2 font-semibold">{t.buyer.section}</h2>
          <ul className="mb-3 divide-y border-y">
            {rows.map(({ id, position, kind, status, outcome }) => (
              <li key={id} className="flex items-center gap-3 py-2 text-sm">
                <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
                  <span className="font-medium">
                    {position === null ? t.buyer.whole : fill(t.buyer.card, { n: position })}
                  </span>
                  <span className="text-soft">{t.kinds[kind]}</span>
                  <Badge tone={isOpen(status) ? "seal" : "plain"}>
                    {status === "decided" && outcome ? t.outcomes[outcome] : t.buyer.states[status]}
                  </Badge>
                </span>
                <a
                  href={`${path}/disputes/${toPublicId("dispute", id)}`}
                  aria-label={position === null ? t.buyer.openWhole : fill(t.buyer.openRow, { n: position })}
                  className={`${buttonClass({ size: "sm", variant: "quiet" })} -mr-3 shrink-0`}
                >
                  {t.buyer.open}
                </a>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {mayReport ? (
        <a
          href={`${path}/disputes/new`}
          className="text-sm text-soft underline decoration-line underline-offset-4 hover:text-ink"
        >
          {label}
        </a>
      ) : null}
    </section>
  );
}
