import { createCsvReader } from "@/lib/kernel/csv";
import { limits } from "@/lib/kernel/limits";
import type { MappedColumn, Mapping } from "./schema";
import type { Encoding } from "./text-lines";

const DELIMITERS = [",", "\t", ";", "|"] as const;

/** Words that headers have, the surest first. */
const WORDS: Readonly<Record<MappedColumn, RegExp>> = {
  tradeNo: /交易号|流水号|交易单号|trade.?no|transaction.?id|txid|trade_?id|hash/i,
  orderNo: /商户.*单号|订单号|out_trade|order.?(no|id|number)|reference|备注/i,
  refundNo: /退款.*(号|批次)|refund.?(no|id)/i,
  amount: /金额|amount|money|gross|total|价格/i,
  fee: /手续费|服务费|fee/i,
  status: /状态|status|state/i,
  kind: /类型|方向|type|kind|direction/i,
  at: /时间|日期|date|time|created|paid/i,
};

/** The header of a table that nobody knows, and how it seems to be written. */
export interface Suggested {
  readonly mapping: Mapping;
  readonly columns: readonly string[];
}

/** A first guess at how a table is to be read, for a person to look at. Never used without one. */
export function suggestMapping(lines: readonly string[], encoding: Encoding): Suggested {
  const { delimiter, skippedLines } = findHeader(lines);
  const columns = cellsOf(lines[skippedLines] ?? "", delimiter);
  const taken = new Set<number>();
  const find = (name: MappedColumn): number | undefined => {
    const at = columns.findIndex((column, place) => !taken.has(place) && WORDS[name].test(column));
    if (at < 0) return undefined;
    taken.add(at);
    return at;
  };
  const found = Object.fromEntries(
    (Object.keys(WORDS) as MappedColumn[])
      .map((name) => [name, find(name)] as const)
      .filter(([, at]) => at !== undefined),
  );
  const body = lines.slice(skippedLines + 1);
  const hasNegative = body.some((line) => /^[-−]\s*[¥￥$]?\d/.test(cellsOf(line, delimiter)[found.amount ?? -1] ?? ""));
  return {
    columns,
    mapping: {
      encoding,
      delimiter,
      skippedLines,
      zone: "Asia/Shanghai",
      dateOrder: "ymd",
      currency: "CNY",
      sign: hasNegative ? "negative_refunds" : "positive",
      refundWords: [],
      paidWords: [],
      columns: { at: 0, amount: 0, ...found },
    },
  };
}

const cellsOf = (line: string, delimiter: string): string[] => {
  const record = createCsvReader(delimiter, { lettersMax: limits.statementLineLettersMax }).take(line, 1);
  return record && record !== "too_long" ? record.cells.map((cell) => cell.trim()) : [];
};

const LINES_LOOKED_AT = 30;

/** The header is the first line with as many cells as the one behind it, and more than two; what stands above is talk. */
function findHeader(lines: readonly string[]): {
  readonly delimiter: Mapping["delimiter"];
  readonly skippedLines: number;
} {
  for (const [at, line] of lines.slice(0, LINES_LOOKED_AT).entries()) {
    for (const delimiter of DELIMITERS) {
      const count = cellsOf(line, delimiter).length;
      if (count > 2 && cellsOf(lines[at + 1] ?? line, delimiter).length === count)
        return { delimiter, skippedLines: at };
    }
  }
  return { delimiter: ",", skippedLines: 0 };
}
