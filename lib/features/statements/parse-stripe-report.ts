import { currencyOf, feeOf, placesOf, scaled } from "./amounts";
import { check, isFuture, numberIn, placesIn, rejected } from "./columns";
import { createCsvTable } from "./csv-table";
import { orient } from "./page-row";
import { kindOfStripe } from "./parse-stripe";
import type { LineParser, ParserContext, Taken } from "./rules";

const NAMES = {
  id: ["balance_transaction_id"],
  created: ["created_utc", "created"],
  currency: ["currency"],
  gross: ["gross"],
  fee: ["fee"],
  category: ["reporting_category"],
  source: ["source_id"],
  facedAmount: ["customer_facing_amount"],
  facedCurrency: ["customer_facing_currency"],
  intent: ["payment_intent_id"],
  orderNo: ["payment_metadata[out_trade_no]"],
  refundNo: ["refund_metadata[refund_no]"],
} as const;
type Places = Readonly<Record<keyof typeof NAMES, number>>;

const CREATED = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)$/;

/** Stripe's report `balance_change_from_activity.itemized.3`: the movements of the balance with amounts in whole currency. */
export function createStripeReportParser({ now }: ParserContext): LineParser {
  let places: Places | null = null;
  return createCsvTable({
    format: "stripe_report",
    delimiter: ",",
    skippedLines: 0,
    otherwise: "unknown_format",
    accepts(columns) {
      places = placesIn(columns, NAMES);
      return [places.id, places.created, places.currency, places.gross, places.category].every((place) => place >= 0);
    },
    row: (cells, { line, text }) => (places ? readMovement(cells, { places, line, text, now }) : null),
  });
}

interface Movement {
  readonly places: Places;
  readonly line: number;
  readonly text: string;
  readonly now: number;
}

function readMovement(cells: readonly string[], { places, line, text, now }: Movement): Taken {
  const cell = (name: keyof Places) => cells[places[name]] ?? "";
  const faced = cell("facedCurrency").toLowerCase();
  // An order is priced in what the buyer paid, which Stripe may have changed into the account's own currency, fee included.
  const isForeign = faced !== "" && faced !== cell("currency").toLowerCase();
  const currency = currencyOf(cell(isForeign ? "facedCurrency" : "currency"));
  if (!currency) return rejected(line, "currency", text);
  const [intent, source, orderNo] = [numberIn(cell("intent")), numberIn(cell("source")), numberIn(cell("orderNo"))];
  const refundNo = numberIn(cell("refundNo"));
  const feeText = isForeign ? "" : cell("fee");
  const checked = check({
    amount: scaled(cell(isForeign ? "facedAmount" : "gross"), placesOf(currency)),
    mayBeNegative: true,
    feeText,
    fee: feeOf(feeText),
    occurredAt: timeOf(cell("created")),
    names: [cell("id")],
    numbers: [intent, source, orderNo, refundNo],
  });
  if (typeof checked === "string") return rejected(line, checked, text);
  if (isFuture(checked.occurredAt, now)) return rejected(line, "future", text);
  const { kind, amountMinor } = orient(kindOfStripe(cell("category")), BigInt(checked.amount));
  return {
    row: {
      kind,
      line,
      gatewayTradeNo: intent ?? "",
      part: cell("id"),
      outTradeNo: orderNo,
      refundNo: kind === "refund" ? refundNo : null,
      gatewayRefundNo: kind === "refund" ? source : null,
      amountMinor,
      currency,
      fee: checked.fee,
      occurredAt: checked.occurredAt,
      status: cell("category"),
      raw: cells,
    },
  };
}

function timeOf(text: string): number | null {
  const [, day, time] = CREATED.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(at) ? null : at;
}
