import { limits } from "@/lib/kernel/limits";
import { feeOf, scaled } from "./amounts";
import { type Columns, check, isFuture, numberIn, placesIn, readColumns, rejected } from "./columns";
import { firstDifference, isSameFigure, Tally } from "./control";
import {
  type Closing,
  type Figures,
  type LineParser,
  type ParserContext,
  type Refused,
  refusedFor,
  type StatementKind,
  type StatementRow,
  type Taken,
} from "./rules";
import { fromShanghai } from "./times";

const COUNTED = [
  "payment_count",
  "refund_count",
  "payment_sum",
  "refund_sum",
  "payment_discount",
  "refund_discount",
  "order_sum",
  "settled_sum",
  "fee_sum",
] as const;

/** The summary's columns, and under which name what they state is counted. */
const SUMMARY = {
  交易订单总笔数: "payment_count",
  退款订单总笔数: "refund_count",
  "订单金额(元)": "order_sum",
  "商家实收(元)": "settled_sum",
  "服务费(元)": "fee_sum",
} as const;

const NAMES = {
  tradeNo: ["支付宝交易号"],
  orderNo: ["商户订单号"],
  what: ["业务类型"],
  created: ["创建时间"],
  finished: ["完成时间"],
  amount: ["订单金额(元)"],
  settled: ["商家实收(元)"],
  discount: ["商家优惠(元)"],
  refundNo: ["退款批次号/请求号"],
  fee: ["服务费(元)"],
} as const;

const KINDS: Readonly<Record<string, StatementKind>> = { 交易: "payment", 退款: "refund" };

interface Layout {
  readonly columns: Columns;
  readonly places: Readonly<Record<keyof typeof NAMES, number>>;
}

/** Which table of the archive is being read. */
type Table = "none" | "detail" | "summary";

const cut = (text: string): string[] =>
  (text.includes('"') ? text.replaceAll('"', "") : text).split(",").map((cell) => cell.trim());

/**
 * Alipay's trades: a table of lines between comments that begin with `#`, alone or in an archive together with the table that sums it
 * up, in either order. The account stands in a comment, the totals in comments or in the other table; all that are there must
 * agree with the lines. A table whose closing comment is missing was cut off.
 */
export function createAlipayTradeParser({ now, owner }: ParserContext): LineParser {
  const tally = new Tally();
  const stated: Record<string, string> = {};
  let contradicts = false;
  let table: Table = "none";
  let layout: Layout | null = null;
  let summary: Columns | null = null;
  let [details, isClosed, firstBad, lastLine] = [0, false, 0, 0];

  /** What is stated twice must be the same both times. */
  function state(figures: Figures): void {
    for (const [name, figure] of Object.entries(figures)) {
      const known = stated[name];
      if (known === undefined) stated[name] = figure;
      else if (!isSameFigure(known, figure)) contradicts = true;
    }
  }

  function comment(text: string, line: number): Taken {
    const account = /账号[:：]\s*\[(\d+)/.exec(text)?.[1];
    if (account !== undefined && owner !== null && !account.startsWith(owner)) return refusedFor("other_account", line);
    if (/列表结束/.test(text)) isClosed = true;
    state(readTotals(text));
    return null;
  }

  function header(text: string, line: number): Taken {
    const cells = cut(text);
    if (cells.length > limits.statementColumnsMax) return refusedFor("too_many_columns", line);
    const read = readColumns(cells);
    if (read.at("支付宝交易号") >= 0 && read.at("业务类型") >= 0) {
      if (details > 0) return refusedFor("two_statements", line);
      [layout, table, details] = [{ columns: read, places: placesIn(read, NAMES) }, "detail", details + 1];
      return layout.places.amount < 0 || layout.places.finished < 0 ? refusedFor("unknown_format", line) : null;
    }
    if (read.at("交易订单总笔数") < 0) return refusedFor("unknown_format", line);
    [summary, table] = [read, "summary"];
    return null;
  }

  function total(text: string): Taken {
    const cells = cut(text);
    if (!summary || cells[0] !== "合计") return null;
    for (const [column, name] of Object.entries(SUMMARY)) {
      const cell = cells[summary.at(column)];
      if (cell !== undefined) state({ [name]: cell });
    }
    return null;
  }

  function detail(text: string, line: number): Taken {
    const cells = cut(text);
    const taken = layout ? readTrade(cells, { layout, line, now, tally, text }) : null;
    if (taken !== null && typeof taken === "object" && "reject" in taken && firstBad === 0) firstBad = line;
    return taken;
  }

  return {
    line(text, line) {
      lastLine = line;
      if (text.startsWith("#")) return comment(text, line);
      if (text.trim() === "") return null;
      if (table === "none") return header(text, line);
      if (isClosed) return refusedFor("trailing_lines", line);
      return table === "summary" ? total(text) : detail(text, line);
    },
    endOfFile(lines) {
      const isCut = table !== "none" && !isClosed;
      [table, isClosed] = ["none", false];
      return isCut ? { reason: "truncated", line: lines } : null;
    },
    close(): Closing | Refused {
      if (!layout) return { reason: "no_statement_inside", line: 0 };
      const counted = tally.figures(COUNTED);
      if (contradicts || firstDifference(stated, counted) !== null)
        return { reason: "control_mismatch", line: firstBad || lastLine };
      return { format: "alipay_trade", columns: layout.columns.names, stated, counted };
    },
  };
}

/** "#交易合计：1笔，商家实收共9.90元，商家优惠共0.00元", and the same for refunds. */
function readTotals(text: string): Figures {
  const [, what, count] = /^#(交易|退款)合计[:：](\d+)笔/.exec(text) ?? [];
  if (what === undefined || count === undefined) return {};
  const name = what === "交易" ? "payment" : "refund";
  const sum = /商家实收(?:退款)?共(-?[\d.]+)元/.exec(text)?.[1];
  const discount = /商家优惠(?:退款)?共(-?[\d.]+)元/.exec(text)?.[1];
  return {
    [`${name}_count`]: count,
    ...(sum === undefined ? {} : { [`${name}_sum`]: sum }),
    ...(discount === undefined ? {} : { [`${name}_discount`]: discount }),
  };
}

interface TradeLine {
  readonly layout: Layout;
  readonly line: number;
  readonly now: number;
  readonly tally: Tally;
  readonly text: string;
}

function readTrade(cells: readonly string[], { layout, line, now, tally, text }: TradeLine): Taken {
  const { columns, places } = layout;
  // A comma in a name would shift every cell behind it; no amount is read out of a neighbour's cell.
  if (cells.length !== columns.names.length) return rejected(line, "columns", text);
  const cell = (name: keyof Layout["places"]) => cells[places[name]] ?? "";
  const kind = KINDS[cell("what")] ?? "adjustment";
  const refundNo = numberIn(cell("refundNo"));
  const checked = check({
    amount: scaled(cell("amount"), 2),
    mayBeNegative: kind !== "payment",
    feeText: cell("fee"),
    fee: feeOf(cell("fee"), { isCostNegative: true }),
    occurredAt: fromShanghai(cell("finished") || cell("created")),
    names: [cell("tradeNo")],
    numbers: [refundNo],
  });
  if (typeof checked === "string") return rejected(line, checked, text);
  addUp(tally, kind, cell);
  if (isFuture(checked.occurredAt, now)) return rejected(line, "future", text);
  const row: StatementRow = {
    kind,
    line,
    gatewayTradeNo: cell("tradeNo"),
    part: kind === "payment" ? "" : (refundNo ?? ""),
    outTradeNo: numberIn(cell("orderNo")),
    refundNo: kind === "refund" ? refundNo : null,
    gatewayRefundNo: null,
    // Alipay writes refunds with either sign; which way the money went, the kind says.
    amountMinor: BigInt(kind === "refund" ? Math.abs(checked.amount) : checked.amount),
    currency: "CNY",
    fee: checked.fee,
    occurredAt: checked.occurredAt,
    status: cell("what"),
    raw: cells,
  };
  return { row };
}

function addUp(tally: Tally, kind: StatementKind, cell: (name: keyof Layout["places"]) => string): void {
  const back = { isBack: kind === "refund" };
  tally.add("order_sum", cell("amount"), back);
  tally.add("settled_sum", cell("settled"), back);
  tally.add("fee_sum", cell("fee"));
  if (kind !== "payment" && kind !== "refund") return;
  tally.count(`${kind}_count`);
  tally.add(`${kind}_sum`, cell("settled"), back);
  tally.add(`${kind}_discount`, cell("discount"), back);
}
