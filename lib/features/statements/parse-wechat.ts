import { currencyOf, feeOf, placesOf, scaled } from "./amounts";
import { type Columns, check, isFuture, numberIn, placesIn, readColumns, rejected } from "./columns";
import { Tally } from "./control";
import { type ParserContext, refusedFor, type StatementRow, type Taken } from "./rules";
import { fromShanghai } from "./times";
import { createWechatTable, type WechatTable } from "./wechat-table";

const NAMES = {
  time: ["退款申请时间", "交易时间"],
  merchant: ["商户号"],
  tradeNo: ["微信订单号", "微信支付订单号"],
  orderNo: ["商户订单号"],
  state: ["交易状态"],
  currency: ["货币种类"],
  settled: ["应结订单金额"],
  gatewayRefundNo: ["微信退款单号"],
  refundNo: ["商户退款单号"],
  refund: ["退款金额"],
  couponRefund: ["充值券退款金额"],
  refundState: ["退款状态"],
  fee: ["手续费"],
  amount: ["订单金额", "总金额"],
  asked: ["申请退款金额"],
} as const;
type Places = Readonly<Record<keyof typeof NAMES, number>>;

/** The summary's columns, and under which name what they state is counted. */
const SUMMARY = {
  总交易单数: "row_count",
  应结订单总金额: "settled_sum",
  退款总金额: "refund_sum",
  充值券退款总金额: "coupon_refund_sum",
  手续费总金额: "fee_sum",
  订单总金额: "order_sum",
  申请退款总金额: "asked_refund_sum",
} as const;

/** Which column each sum is of. */
const SUMS = {
  settled_sum: "settled",
  refund_sum: "refund",
  coupon_refund_sum: "couponRefund",
  fee_sum: "fee",
  order_sum: "amount",
  asked_refund_sum: "asked",
} as const satisfies Record<string, keyof typeof NAMES>;
const SUM_COLUMNS = Object.entries(SUMS);

/**
 * WeChat Pay's trades (ALL, SUCCESS, REFUND): cells behind backticks, so that a name may hold a comma, and a summary at the end that
 * must agree with them. What is compared with an order is what it cost, not what was settled for it after coupons.
 */
export function createWechatTradeParser(context: ParserContext): WechatTable {
  const tally = new Tally();
  let [columns, places] = [null as Columns | null, null as Places | null];
  return createWechatTable({
    format: "wechat_trade",
    summary: SUMMARY,
    counted: () => tally.figures(Object.values(SUMMARY)),
    header(cells) {
      columns = readColumns(cells);
      places = placesIn(columns, NAMES);
      const isKnown = [places.tradeNo, places.time, places.amount, places.merchant].every((place) => place >= 0);
      return isKnown ? columns : null;
    },
    row(cells, { line, text }) {
      if (!columns || !places) return null;
      if (cells.length !== columns.names.length) return rejected(line, "columns", text);
      if (context.owner !== null && cells[places.merchant] !== context.owner) return refusedFor("other_account", line);
      return readTrade(cells, { places, line, text, tally, now: context.now });
    },
  });
}

interface TradeLine {
  readonly places: Places;
  readonly line: number;
  readonly text: string;
  readonly tally: Tally;
  readonly now: number;
}

function readTrade(cells: readonly string[], { places, line, text, tally, now }: TradeLine): Taken {
  const cell = (name: keyof Places) => cells[places[name]] ?? "";
  const number = (name: keyof Places) => numberIn(cells[places[name]]);
  const isRefund = number("gatewayRefundNo") !== null || BACK.has(cell("state"));
  const currency = currencyOf(cell("currency") || "CNY");
  if (!currency) return rejected(line, "currency", text);
  const back = places.asked >= 0 ? "asked" : "refund";
  const [refundNo, gatewayRefundNo] = isRefund ? [number("refundNo"), number("gatewayRefundNo")] : [null, null];
  const checked = check({
    amount: scaled(cell(isRefund ? back : "amount"), placesOf(currency)),
    mayBeNegative: false,
    feeText: cell("fee"),
    fee: feeOf(cell("fee")),
    occurredAt: fromShanghai(cell("time")),
    names: [cell("tradeNo")],
    numbers: [refundNo, gatewayRefundNo],
  });
  if (typeof checked === "string") return rejected(line, checked, text);
  addUp(tally, cell);
  if (isFuture(checked.occurredAt, now)) return rejected(line, "future", text);
  const row: StatementRow = {
    kind: isRefund ? "refund" : "payment",
    line,
    gatewayTradeNo: cell("tradeNo"),
    part: gatewayRefundNo ?? refundNo ?? "",
    outTradeNo: number("orderNo"),
    refundNo,
    gatewayRefundNo,
    amountMinor: BigInt(checked.amount),
    currency,
    fee: checked.fee,
    occurredAt: checked.occurredAt,
    status: (isRefund && cell("refundState")) || cell("state"),
    raw: cells,
  };
  return { row };
}

const BACK = new Set(["REFUND", "REVOKED"]);

function addUp(tally: Tally, cell: (name: keyof Places) => string): void {
  tally.count("row_count");
  for (const [name, column] of SUM_COLUMNS) tally.add(name, cell(column));
}
