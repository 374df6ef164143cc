import { feeOf, placesOf, scaled } from "./amounts";
import { check, isFuture, numberIn, rejected } from "./columns";
import { createCsvTable } from "./csv-table";
import type { LineParser, ParserContext, StatementKind, Taken } from "./rules";
import type { MappedColumn, Mapping } from "./schema";
import { timeReader } from "./times";

/** "¥1,280.00", "￥1280", "+12.5 元": what programs that export for people put around an amount. Groups must be groups. */
function plainAmount(text: string): string {
  const bare = text
    .replace(/^([+-]?)\s*[¥￥$€]\s*([+-]?)/, "$1$2")
    .replace(/\s*元$/, "")
    .trim();
  return /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare) ? bare.replaceAll(",", "") : bare;
}

/** Numbers in cells for spreadsheets: `="0012"`, `'0012`, a tab at the end; the number is between them. */
const plainNumber = (text: string): string =>
  text
    .trim()
    .replace(/^=?"(.*)"$/, "$1")
    .replace(/^['`]/, "")
    .trim();

/** A table that only its owner knows, read as the owner says. Nothing in a cell is ever computed. */
export function createMappedParser(mapping: Mapping, { now }: ParserContext): LineParser {
  const highest = Math.max(...Object.values(mapping.columns).filter((place) => place !== undefined));
  const readTime = timeReader({ zone: mapping.zone, order: mapping.dateOrder });
  return createCsvTable({
    format: "mapped_csv",
    delimiter: mapping.delimiter,
    skippedLines: mapping.skippedLines,
    otherwise: "mapping_mismatch",
    accepts: (columns) => columns.names.length > highest,
    row: (cells, { line, text }) => readRow(cells, { mapping, readTime, line, text, now }),
  });
}

interface MappedLine {
  readonly mapping: Mapping;
  readonly readTime: (text: string) => number | null;
  readonly line: number;
  readonly text: string;
  readonly now: number;
}

function readRow(cells: readonly string[], { mapping, readTime, line, text, now }: MappedLine): Taken {
  const { columns, currency, paidWords } = mapping;
  const cell = (name: MappedColumn): string => cells[columns[name] ?? -1]?.trim() ?? "";
  const number = (name: MappedColumn) => numberIn(plainNumber(cell(name)));
  const status = cell("status");
  if (paidWords.length > 0 && !paidWords.includes(status)) return "passed";
  const amount = scaled(plainAmount(cell("amount")), placesOf(currency));
  const kind = kindOf(amount ?? 0, cell("kind"), mapping);
  const numbers = { tradeNo: number("tradeNo"), orderNo: number("orderNo"), refundNo: number("refundNo") };
  const feeText = plainAmount(cell("fee"));
  const checked = check({
    amount,
    mayBeNegative: kind === "refund",
    feeText,
    fee: feeOf(feeText),
    occurredAt: readTime(cell("at")),
    names: [numbers.tradeNo ?? "", numbers.orderNo ?? ""],
    numbers: [numbers.refundNo],
  });
  if (typeof checked === "string") return rejected(line, checked, text);
  if (isFuture(checked.occurredAt, now)) return rejected(line, "future", text);
  return {
    row: {
      kind,
      line,
      gatewayTradeNo: numbers.tradeNo ?? "",
      part: partOf(kind, numbers),
      outTradeNo: numbers.orderNo,
      refundNo: kind === "refund" ? numbers.refundNo : null,
      gatewayRefundNo: null,
      amountMinor: BigInt(Math.abs(checked.amount)),
      currency,
      fee: checked.fee,
      occurredAt: checked.occurredAt,
      status,
      raw: cells,
    },
  };
}

interface Numbers {
  readonly tradeNo: string | null;
  readonly orderNo: string | null;
  readonly refundNo: string | null;
}

/** Without a trade number the order's number takes its place; a refund's own number comes in front of it. */
function partOf(kind: StatementKind, { tradeNo, orderNo, refundNo }: Numbers): string {
  const own = kind === "refund" ? (refundNo ?? "") : "";
  return tradeNo ? own : [own, orderNo ?? ""].filter(Boolean).join("/");
}

function kindOf(amount: number, word: string, { sign, refundWords }: Mapping): "payment" | "refund" {
  switch (sign) {
    case "positive":
      return "payment";
    case "refunds":
      return "refund";
    case "negative_refunds":
      return amount < 0 ? "refund" : "payment";
    case "words":
      return refundWords.includes(word) ? "refund" : "payment";
  }
}
