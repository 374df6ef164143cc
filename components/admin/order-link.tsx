import Link from "next/link";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";

/** The number of an order as the way to its page, or a dash. */
export function OrderLink({
  locale,
  orderId,
  number,
}: Readonly<{ locale: Locale; orderId: string | null; number: string | null }>) {
  if (!orderId || !number) return <span className="text-faint">—</span>;
  return (
    <Link
      href={`/${locale}/admin/orders/${toPublicId("order", orderId)}`}
      prefetch={false}
      className="figures whitespace-nowrap underline decoration-line underline-offset-4 hover:decoration-ink"
    >
      {number}
    </Link>
  );
}
