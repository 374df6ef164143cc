import type { Metadata } from "next";
import { PictureInput } from "@/components/disputes/picture-input";
import { RefusedNotice } from "@/components/disputes/refused-notice";
import { Field } from "@/components/form/field";
import { SubmitButton } from "@/components/form/submit-button";
import { OrderMissing } from "@/components/shop/order-missing";
import { Card } from "@/components/ui/card";
import { Input, Textarea } from "@/components/ui/input";
import { findHeldOrder } from "@/lib/entry/held-orders";
import { orderPath } from "@/lib/entry/order-access";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { REPORT_KINDS } from "@/lib/features/disputes/rules";
import { BuyerPageQuery } from "@/lib/features/disputes/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { localeOf } from "../../../../page-locale";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(await localeOf(params)).disputes.buyer.newTitle, robots: { index: false } };
}

/** The report of a card, or of an order that never came: a plain form, the same with scripts and without. */
export default async function ReportPage({ params, searchParams }: Readonly<PageProps>) {
  const locale = await localeOf(params);
  const order = await findHeldOrder(getDeps(), (await params).id);
  if (!order) return <OrderMissing locale={locale} />;
  const { card, refused } = await readQuery(BuyerPageQuery, searchParams);
  const t = getMessages(locale).disputes;
  const path = orderPath(locale, order.id);
  const isWhole = order.status === "paid";
  const kinds = isWhole ? (["not_received", "other"] as const) : REPORT_KINDS;
  return (
    <article className="mx-auto max-w-2xl space-y-5">
      <Card className="space-y-5">
        <header>
          <h1 className="text-xl font-semibold">{t.buyer.newTitle}</h1>
          <p className="mt-1 text-sm text-soft">{fill(t.buyer.newLead, { hours: limits.disputeMerchantHours })}</p>
        </header>
        {refused ? <RefusedNotice code={refused} locale={locale} /> : null}
        <form action={`${path}/disputes/report`} method="post" encType="multipart/form-data" className="space-y-5">
          <input type="hidden" name="disputeId" value={newId()} />
          {isWhole || order.quantity === 1 ? (
            <input type="hidden" name="position" value={isWhole ? "" : 1} />
          ) : (
            <Field
              id="position"
              label={t.buyer.position}
              hint={fill(t.buyer.positionHint, { count: formatCount(order.quantity, locale) })}
            >
              <Input
                id="position"
                name="position"
                type="number"
                inputMode="numeric"
                min={1}
                max={order.quantity}
                defaultValue={card ?? ""}
                aria-describedby="position-hint"
                className="max-w-32"
              />
            </Field>
          )}
          <fieldset>
            <legend className="mb-1.5 text-sm font-medium">{t.buyer.kind}</legend>
            <div className="grid gap-2 sm:grid-cols-2">
              {kinds.map((kind) => (
                <label
                  key={kind}
                  className="flex min-h-11 items-center gap-2.5 rounded-md border border-edge px-3 text-sm has-checked:border-ink has-checked:bg-sunken"
                >
                  <input type="radio" name="kind" value={kind} required className="size-4 shrink-0" />
                  {t.kinds[kind]}
                </label>
              ))}
            </div>
          </fieldset>
          <Field id="text" label={t.buyer.text} hint={t.buyer.textHint}>
            <Textarea
              id="text"
              name="text"
              required
              rows={5}
              maxLength={limits.disputeTextMax}
              aria-describedby="text-hint"
            />
          </Field>
          <PictureInput locale={locale} />
          <SubmitButton variant="seal" size="lg" className="w-full" pendingLabel={t.page.sending}>
            {t.buyer.submit}
          </SubmitButton>
        </form>
      </Card>
      <p className="text-center text-sm">
        <a href={path} className="text-soft underline decoration-line underline-offset-4 hover:text-ink">
          {t.buyer.backToOrder}
        </a>
      </p>
    </article>
  );
}
