import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { PageHead, Part } from "@/components/merchant/page-head";
import { refundStateOf } from "@/components/merchant/refund-item";
import { wordOf } from "@/components/merchant/state-badges";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Cell, HeadCell, HeadCells, Table } from "@/components/ui/table";
import {
  listOpenRefunds,
  listRefundPolicies,
  type OpenRefund,
  type RefundPolicyRow,
} from "@/lib/features/payments/refund-state";
import { policyText } from "@/lib/flows/save-refund-policy";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { CURRENCIES, type Currency, money, toDecimal } from "@/lib/kernel/money";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { OrderLink } from "./order-link";

type FormAction = ComponentProps<typeof ActionForm>["action"];

/** Money on its way back, what became of it and needs a person, and what each shop gives back by itself. */
export async function RefundsView({
  locale,
  viewer,
  save,
}: Readonly<{ locale: Locale; viewer: Viewer; save: FormAction }>) {
  const t = getMessages(locale).money.refunds;
  const [open, policies] = await Promise.all([
    listOpenRefunds(getDeps(), viewer),
    listRefundPolicies(getDeps(), viewer),
  ]);
  return (
    <>
      <PageHead title={t.title} />
      <Part title={t.openTitle} note={t.openNote}>
        {open.length === 0 ? <p className="text-sm text-soft">{t.openNone}</p> : <OpenRefunds {...{ locale, open }} />}
      </Part>
      <Part title={t.policyTitle} note={t.policyNote}>
        <div className="grid gap-4 lg:grid-cols-2">
          {policies.map((policy) => (
            <Policy key={policy.merchantId} {...{ locale, policy, save }} />
          ))}
        </div>
      </Part>
    </>
  );
}

function OpenRefunds({ locale, open }: Readonly<{ locale: Locale; open: readonly OpenRefund[] }>) {
  const messages = getMessages(locale);
  const t = messages.money.refunds;
  return (
    <Table aria-label={t.openTitle}>
      <thead>
        <tr>
          <HeadCells names={[t.columns.order, t.columns.needs, t.columns.status]} />
          <HeadCell className="text-right">{t.columns.amount}</HeadCell>
          <HeadCells names={[t.columns.merchant, t.columns.since, t.columns.number]} />
        </tr>
      </thead>
      <tbody>
        {open.map((refund) => (
          <tr key={refund.id} className="hover:bg-sunken">
            <Cell>
              <OrderLink locale={locale} orderId={refund.orderId} number={refund.orderNumber} />
            </Cell>
            <Cell>
              {refund.finding ? (
                <Badge tone="seal">{wordOf(messages.admin.findings.kinds, refund.finding)}</Badge>
              ) : (
                "—"
              )}
            </Cell>
            <Cell className="whitespace-nowrap">{wordOf(messages.money.order.statuses, refundStateOf(refund))}</Cell>
            <Cell className="figures whitespace-nowrap text-right">
              {formatMinor(refund.amountMinor.toString(), refund.currency, locale)}
            </Cell>
            <Cell className="whitespace-nowrap">{refund.merchantName}</Cell>
            <Cell className="figures whitespace-nowrap text-soft">{formatStamp(refund.createdAt, locale)}</Cell>
            <Cell className="secret-text text-xs">{refund.refundNo}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const capOf = ({ capMinor, capCurrency }: RefundPolicyRow) =>
  capMinor !== null && capCurrency ? money(capMinor, capCurrency as Currency) : null;
const seenOf = (policy: RefundPolicyRow): string => policyText({ ...policy, cap: capOf(policy) });

function Policy({ locale, policy, save }: Readonly<{ locale: Locale; policy: RefundPolicyRow; save: FormAction }>) {
  const { money: words, staff } = getMessages(locale);
  const t = words.refunds;
  const cap = capOf(policy);
  const currency = cap?.currency ?? "CNY";
  return (
    <Card>
      <h3 className="mb-3 font-semibold">{policy.merchantName}</h3>
      <ActionForm action={save} locale={locale} errors={staff.errors} saved={t.saved} className="space-y-4">
        <input type="hidden" name="merchantId" value={policy.merchantId} />
        <input type="hidden" name="seen" value={seenOf(policy)} />
        <SelectField name="double" label={t.double} defaultValue={policy.double}>
          <option value="ask">{t.doubles.ask}</option>
          <option value="refund">{t.doubles.refund}</option>
        </SelectField>
        <SelectField name="noStock" label={t.noStock} defaultValue={policy.noStock}>
          <option value="owe">{t.noStocks.owe}</option>
          <option value="refund">{t.noStocks.refund}</option>
        </SelectField>
        <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-3">
          <TextField
            name="cap"
            label={t.cap}
            inputMode="decimal"
            autoComplete="off"
            maxLength={20}
            defaultValue={cap ? toDecimal(cap) : ""}
          />
          <SelectField name="capCurrency" label={t.capCurrency} defaultValue={currency}>
            {CURRENCIES.map((code) => (
              <option key={code} value={code}>
                {code}
              </option>
            ))}
          </SelectField>
        </div>
        <p className="text-sm text-faint">
          {t.capHint} {fill(t.today, { amount: formatMinor(policy.todayMinor.toString(), currency, locale) })}
        </p>
        <ActionSubmit variant="ink" pendingLabel={t.saving}>
          {t.save}
        </ActionSubmit>
      </ActionForm>
    </Card>
  );
}
