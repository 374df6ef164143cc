import Link from "next/link";
import { Part } from "@/components/merchant/page-head";
import { baseOf } from "@/components/merchant/view";
import { listDisputesOf } from "@/lib/features/disputes/queries";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { aboutOf, StateBadge } from "./disputes-view";

interface OrderCasesProps {
  readonly locale: Locale;
  readonly viewer: Viewer;
  readonly orderId: string | null;
}

/** The complaints and chargebacks of an order, each with its state and its page; nothing where there are none. */
export async function OrderCases({ locale, viewer, orderId }: OrderCasesProps) {
  const rows = orderId ? await listDisputesOf(getDeps(), viewer, orderId) : [];
  if (rows.length === 0) return null;
  return (
    <Part title={getMessages(locale).disputes.title}>
      <ul className="divide-y border-y text-sm">
        {rows.map(({ id, kind, position, status, outcome }) => (
          <li key={id} className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <Link
              href={`${baseOf(locale, viewer)}/disputes/${toPublicId("dispute", id)}`}
              prefetch={false}
              className="underline decoration-line underline-offset-4 hover:decoration-ink"
            >
              {aboutOf({ kind, position }, locale)}
            </Link>
            <StateBadge dispute={{ kind, status, outcome }} locale={locale} isAdmin={viewer.kind === "admin"} />
          </li>
        ))}
      </ul>
    </Part>
  );
}
