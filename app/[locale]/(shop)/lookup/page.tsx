import type { Metadata } from "next";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { listHeldOrders } from "@/lib/entry/held-orders";
import { headlineAtAGlance } from "@/lib/features/orders/tell-order";
import type { OrderView } from "@/lib/features/orders/view";
import { canMail } from "@/lib/flows/mail-order-link";
import { getMessages } from "@/lib/i18n";
import { formatDate, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { localeOf } from "../page-locale";
import { LookupForm, MailLinkForm } from "./lookup-form";

interface LookupProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: LookupProps): Promise<Metadata> {
  return { title: getMessages(await localeOf(params)).shop.lookup.title };
}

export default async function Lookup({ params }: Readonly<LookupProps>) {
  const locale = await localeOf(params);
  const { shop, errors } = getMessages(locale);
  const t = shop.lookup;
  const deps = getDeps();
  const held = await listHeldOrders(deps);
  return (
    <div className="mx-auto max-w-md space-y-6">
      <header>
        <h1 className="text-2xl font-semibold tracking-tight">{t.title}</h1>
        <p className="mt-1 text-soft">{t.lead}</p>
      </header>
      <Card>
        <LookupForm locale={locale} t={t} rateLimited={errors.rate_limited} />
      </Card>
      {canMail(deps) ? (
        <Card>
          <h2 className="font-semibold">{t.mailTitle}</h2>
          <p className="mt-1 mb-4 text-sm text-soft">{t.mailLead}</p>
          <MailLinkForm locale={locale} t={t} rateLimited={errors.rate_limited} />
        </Card>
      ) : null}
      <section>
        <h2 className="mb-2 font-semibold">{t.onThisDevice}</h2>
        {held.length === 0 ? <p className="text-sm text-faint">{t.none}</p> : null}
        <ul className="divide-y">
          {held.map((order) => (
            <li key={order.id}>
              <HeldOrder order={order} locale={locale} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function HeldOrder({ order, locale }: Readonly<{ order: OrderView; locale: Locale }>) {
  const { states } = getMessages(locale).shop.order;
  const isDelivered = order.status === "delivered";
  const state = states[headlineAtAGlance(order)];
  const line = order.lines[0];
  return (
    <a
      href={`/${locale}/orders/${toPublicId("order", order.id)}`}
      className="flex items-center justify-between gap-4 rounded-md py-3 hover:bg-sunken"
    >
      <span className="min-w-0">
        <span className="block truncate font-medium">{locale === "zh" ? line?.titleZh : line?.titleEn}</span>
        <span className="figures block text-sm text-faint">{formatDate(order.createdAt, locale)}</span>
      </span>
      <span className="shrink-0 text-right">
        <span className="figures block">{formatMinor(order.totalMinor.toString(), order.currency, locale)}</span>
        <Badge tone={isDelivered ? "strong" : order.isPayable ? "seal" : "plain"}>{state.title}</Badge>
      </span>
    </a>
  );
}
