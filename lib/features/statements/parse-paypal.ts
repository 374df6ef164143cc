import { z } from "zod";
import { currencyOf, feeOf, placesOf, scaled } from "./amounts";
import { rejected } from "./columns";
import { finish, listUnder, orient, type PageReader, Text } from "./page-row";
import type { RowRefusal, StatementKind } from "./rules";

const PaypalAmount = z.looseObject({ currency_code: Text, value: Text });
const PaypalRow = z.looseObject({
  transaction_info: z.looseObject({
    transaction_id: Text.min(1),
    transaction_event_code: Text,
    transaction_initiation_date: Text,
    transaction_amount: PaypalAmount,
    fee_amount: PaypalAmount.nullish(),
    transaction_status: Text.nullish(),
    paypal_reference_id: Text.nullish(),
    invoice_id: Text.nullish(),
    custom_field: Text.nullish(),
  }),
});

/** PayPal's event codes: T00 payments, T01 and T1108 f. fees, T04 withdrawals, T1106 and T12 disputes, T1107 refunds. */
function kindOfPaypal(code: string, amount: number): StatementKind {
  if (/^T00/.test(code)) return amount < 0 ? "adjustment" : "payment";
  if (/^T(01|1108|1109)/.test(code)) return "fee";
  if (code === "T1107") return "refund";
  if (/^T(1106|12)/.test(code)) return "dispute";
  return /^T04/.test(code) ? "payout" : "adjustment";
}

/** Pages of PayPal's transactions, as `GET /v1/reporting/transactions` gives them. */
export const paypalPages: PageReader = {
  rows: listUnder("transaction_details"),
  row(given, context) {
    const read = PaypalRow.safeParse(given);
    if (!read.success) return rejected(context.line, "amount", JSON.stringify(given));
    const info = read.data.transaction_info;
    const no = (reason: RowRefusal) => rejected(context.line, reason, JSON.stringify(info));
    const currency = currencyOf(info.transaction_amount.currency_code);
    if (!currency) return no("currency");
    const amount = scaled(info.transaction_amount.value, placesOf(currency));
    if (amount === null) return no("amount");
    const fee = info.fee_amount ? feeOf(info.fee_amount.value, { isCostNegative: true }) : null;
    if (info.fee_amount && fee === null) return no("fee");
    const occurredAt = /(Z|[+-]\d\d:?\d\d)$/.test(info.transaction_initiation_date)
      ? Date.parse(info.transaction_initiation_date.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"))
      : Number.NaN;
    if (Number.isNaN(occurredAt)) return no("time");
    // Denied: no money moved, and none will.
    if (info.transaction_status === "D") return "passed";
    const { kind, amountMinor } = orient(kindOfPaypal(info.transaction_event_code, amount), BigInt(amount));
    const mark = info.custom_field?.replace(/^CLOSED-/, "") ?? "";
    const isOf = (kind === "refund" || kind === "dispute") && info.paypal_reference_id;
    return finish(
      {
        kind,
        amountMinor,
        currency,
        gatewayTradeNo: isOf ? isOf : info.transaction_id,
        part: kind === "payment" ? "" : info.transaction_id,
        outTradeNo: /^[A-Za-z0-9]{16,32}$/.test(mark) ? mark : null,
        refundNo: kind === "refund" ? (info.invoice_id ?? null) : null,
        gatewayRefundNo: kind === "refund" ? info.transaction_id : null,
        fee,
        occurredAt,
        status: info.transaction_status ?? "",
      },
      info,
      context,
    );
  },
};
