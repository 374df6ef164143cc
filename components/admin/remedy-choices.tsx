import Form from "next/form";
import type { ReactNode } from "react";
import { Field } from "@/components/form/field";
import { Button } from "@/components/ui/button";
import { Input, Select } from "@/components/ui/input";
import { listRefundablePayments } from "@/lib/features/payments/refund-state";
import { findStrayMoney, suggestOrders } from "@/lib/features/payments/stray-money";
import { REPLACEMENT_REASONS } from "@/lib/features/replacements/rules";
import { listOtherPools } from "@/lib/flows/remedies/fill-from-pool";
import { placeOf } from "@/lib/flows/remedies/stray-money";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { getDeps } from "@/lib/platform/deps";
import type { RemediesProps } from "./remedies-props";
import { fieldsOf } from "./remedy-fields";

type ChoicesProps = RemediesProps & { readonly path: string };

/** What has to be chosen before anything can be looked at, as the page's own address; nothing where nothing has. */
export async function RemedyChoices(props: ChoicesProps) {
  const { locale, path, query } = props;
  const t = getMessages(locale).findings.remedies;
  const fields = fieldsOf(query.remedy);
  if (fields.length === 0) return null;
  return (
    <Form action={path} scroll={false} className="space-y-3">
      <input type="hidden" name="remedy" value={query.remedy} />
      <input type="hidden" name="look" value="1" />
      {fields.includes("poolId") ? <Pools {...props} /> : null}
      {fields.includes("paymentId") ? <Payments {...props} /> : null}
      {fields.includes("orderNumber") ? <OrderNumber {...props} /> : null}
      {fields.includes("cardId") ? <Cards {...props} /> : null}
      {fields.includes("position") ? <Position {...props} /> : null}
      {fields.includes("isConfirmed") ? (
        <label className="flex min-h-11 items-center gap-2 text-sm">
          <input type="checkbox" name="isConfirmed" defaultChecked={query.isConfirmed === "on"} className="size-5" />
          {t.isConfirmed}
        </label>
      ) : null}
      <Button type="submit" size="sm">
        {t.look}
      </Button>
    </Form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly children: ReactNode;
}

const Choice = ({ name, label, value, children }: ChoiceProps) => (
  <Field id={`remedy-${name}`} label={label}>
    <Select id={`remedy-${name}`} key={value} name={name} defaultValue={value}>
      {children}
    </Select>
  </Field>
);

async function Payments({ locale, viewer, page, query }: ChoicesProps) {
  const t = getMessages(locale).findings.remedies;
  const { orderId } = page.finding;
  const payments = orderId ? await listRefundablePayments(getDeps(), viewer, orderId) : [];
  const left = payments.filter(({ amountMinor, givenMinor }) => givenMinor < amountMinor);
  if (left.length < 2) return null;
  return (
    <Choice name="paymentId" label={t.payment} value={query.paymentId}>
      <option value="">—</option>
      {left.map(({ id, amountMinor, currency, accountId, gatewayTradeNumber }) => (
        <option key={id} value={id}>
          {fill(t.paymentChoice, {
            amount: formatMinor(amountMinor.toString(), currency, locale),
            account: accountId,
            number: gatewayTradeNumber,
          })}
        </option>
      ))}
    </Choice>
  );
}

async function Pools({ locale, page, query }: ChoicesProps) {
  const t = getMessages(locale).findings.remedies;
  const { orderId } = page.finding;
  const pools = orderId ? await listOtherPools(getDeps().db, orderId) : [];
  if (pools.length === 0) return <p className="text-sm text-soft">{t.noPools}</p>;
  return (
    <Choice name="poolId" label={t.pool} value={query.poolId}>
      <option value="">—</option>
      {pools.map(({ poolId, slug, name, there, needed }) => (
        <option key={poolId} value={poolId}>
          {fill(t.poolChoice, { name: poolNameIn(locale, { slug, name }), there, needed })}
        </option>
      ))}
    </Choice>
  );
}

async function OrderNumber({ locale, page, query }: ChoicesProps) {
  const t = getMessages(locale).findings.remedies;
  const { db } = getDeps();
  const place = placeOf(page.finding);
  const stray = place.eventId || place.line ? await findStrayMoney(db, place) : null;
  const suggested = stray ? await suggestOrders(db, stray) : [];
  return (
    <Field id="remedy-order" label={t.orderNumber} hint={t.orderHint}>
      <Input
        id="remedy-order"
        key={query.orderNumber}
        name="orderNumber"
        defaultValue={query.orderNumber}
        list="remedy-orders"
        aria-describedby="remedy-order-hint"
        autoComplete="off"
      />
      <datalist id="remedy-orders">
        {suggested.map(({ id, number }) => (
          <option key={id} value={number} />
        ))}
      </datalist>
      {suggested.length > 0 ? (
        <p className="text-sm text-soft">
          {t.suggested}: {suggested.map(({ number }) => number).join(", ")}
        </p>
      ) : null}
    </Field>
  );
}

function Cards({ locale, page, query }: ChoicesProps) {
  const t = getMessages(locale).findings.remedies;
  return (
    <Choice name="cardId" label={t.card} value={query.cardId}>
      <option value="">—</option>
      {page.cards.map(({ id, sku, status }) => (
        <option key={id} value={id}>
          {sku} …{id.slice(-6)} · {getMessages(locale).merchant.labels.card[status as "available"] ?? status}
        </option>
      ))}
    </Choice>
  );
}

function Position({ locale, page, query }: ChoicesProps) {
  const { findings, life } = getMessages(locale);
  const t = findings.remedies;
  return (
    <>
      <Choice name="position" label={t.position} value={query.position}>
        <option value="">—</option>
        {page.cards.map(({ id, sku, position }) =>
          position === null ? null : (
            <option key={id} value={position}>
              {position} · {sku} …{id.slice(-6)}
            </option>
          ),
        )}
      </Choice>
      <Choice name="why" label={t.why} value={query.why || "other"}>
        {REPLACEMENT_REASONS.map((reason) => (
          <option key={reason} value={reason}>
            {life.replace.reasons[reason]}
          </option>
        ))}
      </Choice>
    </>
  );
}
