import { scaled } from "./amounts";
import { type Columns, check, isFuture, numberIn, placesIn, readColumns, rejected } from "./columns";
import { Tally } from "./control";
import type { ParserContext, StatementKind, Taken } from "./rules";
import { fromShanghai } from "./times";
import { createWechatTable, type WechatTable } from "./wechat-table";

const NAMES = {
  time: ["记账时间"],
  tradeNo: ["微信支付业务单号"],
  flowNo: ["资金流水单号"],
  name: ["业务名称"],
  type: ["业务类型"],
  direction: ["收支类型"],
  amount: ["收支金额(元)", "收支金额"],
  voucher: ["业务凭证号"],
} as const;
type Places = Readonly<Record<keyof typeof NAMES, number>>;

const SUMMARY = {
  资金流水总笔数: "row_count",
  收入笔数: "income_count",
  收入金额: "income_sum",
  支出笔数: "expense_count",
  支出金额: "expense_sum",
} as const;

/** What a movement of the account's funds is about, by WeChat Pay's own words for it; against its usual direction it is none of these. */
function kindOfFlow(words: string, isIncome: boolean): StatementKind {
  if (/手续费|服务费/.test(words)) return "fee";
  if (/退款/.test(words)) return isIncome ? "adjustment" : "refund";
  if (/提现/.test(words)) return isIncome ? "adjustment" : "payout";
  return isIncome && /交易|收款|支付/.test(words) ? "payment" : "adjustment";
}

/**
 * WeChat Pay's movements of funds. A payment stands here as what came in for it, beside its fee; the same payment in the table of
 * trades is another row, with what the order cost. The number of the flow tells the two apart.
 */
export function createWechatFundsParser(context: ParserContext): WechatTable {
  const tally = new Tally();
  let [columns, places] = [null as Columns | null, null as Places | null];
  return createWechatTable({
    format: "wechat_funds",
    summary: SUMMARY,
    counted: () => tally.figures(Object.values(SUMMARY)),
    header(cells) {
      columns = readColumns(cells);
      places = placesIn(columns, NAMES);
      return [places.flowNo, places.time, places.amount, places.direction].every((place) => place >= 0)
        ? columns
        : null;
    },
    row(cells, { line, text }) {
      if (!columns || !places) return null;
      if (cells.length !== columns.names.length) return rejected(line, "columns", text);
      return readFlow(cells, { places, line, text, tally, now: context.now });
    },
  });
}

interface FlowLine {
  readonly places: Places;
  readonly line: number;
  readonly text: string;
  readonly tally: Tally;
  readonly now: number;
}

function readFlow(cells: readonly string[], { places, line, text, tally, now }: FlowLine): Taken {
  const cell = (name: keyof Places) => cells[places[name]] ?? "";
  const tradeNo = numberIn(cell("tradeNo")) ?? "";
  const checked = check({
    amount: scaled(cell("amount"), 2),
    mayBeNegative: false,
    feeText: "",
    fee: null,
    occurredAt: fromShanghai(cell("time")),
    names: [cell("flowNo")],
    numbers: [tradeNo],
  });
  if (typeof checked === "string") return rejected(line, checked, text);
  const isIncome = cell("direction").includes("收入");
  const side = isIncome ? "income" : "expense";
  tally.count("row_count");
  tally.count(`${side}_count`);
  tally.add(`${side}_sum`, cell("amount"));
  if (isFuture(checked.occurredAt, now)) return rejected(line, "future", text);
  const kind = kindOfFlow(cell("type") + cell("name"), isIncome);
  return {
    row: {
      kind,
      line,
      gatewayTradeNo: tradeNo,
      part: cell("flowNo"),
      outTradeNo: null,
      refundNo: null,
      gatewayRefundNo: null,
      amountMinor: BigInt(signed(kind, checked.amount, isIncome)),
      currency: "CNY",
      fee: null,
      occurredAt: checked.occurredAt,
      status: cell("direction"),
      raw: cells,
    },
  };
}

/** Fees are costs, so an income of one is negative; adjustments have the merchant's sign; the rest says it by its kind. */
function signed(kind: StatementKind, amount: number, isIncome: boolean): number {
  if (kind === "fee") return isIncome ? -amount : amount;
  return kind === "adjustment" && !isIncome ? -amount : amount;
}
