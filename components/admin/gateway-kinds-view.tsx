import Link from "next/link";
import { PageHead } from "@/components/merchant/page-head";
import { GATEWAY_KINDS } from "@/lib/features/payments/gateways/port";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

/** Every kind of gateway with a sentence on whom it is for. */
export function GatewayKindsView({ locale }: Readonly<{ locale: Locale }>) {
  const { admin, gateways } = getMessages(locale);
  const t = admin.gateways;
  return (
    <>
      <PageHead title={t.chooseTitle} lead={t.chooseLead} />
      <ul className="grid gap-3 sm:grid-cols-2">
        {GATEWAY_KINDS.map((kind) => (
          <li key={kind} className="relative rounded-md border bg-surface p-4 hover:border-ink">
            <h2 className="font-semibold">
              <Link
                href={`/${locale}/admin/gateways/new?kind=${kind}`}
                prefetch={false}
                className="after:absolute after:inset-0 after:rounded-md"
              >
                {gateways[kind].title}
              </Link>
            </h2>
            <p className="mt-1 text-sm text-soft">{gateways[kind].who}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
