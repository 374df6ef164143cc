import { limits } from "@/lib/kernel/limits";
import { type Columns, columnName } from "./columns";
import { firstDifference } from "./control";
import {
  type Closing,
  type Figures,
  type FileFormat,
  type LineParser,
  type Refused,
  refusedFor,
  type Taken,
} from "./rules";

interface TableOfRows {
  readonly format: FileFormat;
  /** The summary's columns, and under which name what they state is counted. */
  readonly summary: Readonly<Record<string, string>>;
  counted(): Figures;
  /** The columns of a header that this table has; null for another's. */
  header(cells: readonly string[]): Columns | null;
  row(cells: readonly string[], at: { readonly line: number; readonly text: string }): Taken;
}

export type WechatTable = LineParser;

const cut = (text: string): string[] => text.slice(1).split(",`");

/** What WeChat Pay's tables have in common: a header, rows that begin with a backtick, a header of totals, and the totals. */
export function createWechatTable({ format, summary, counted, header, row }: TableOfRows): WechatTable {
  let columns: Columns | null = null;
  let totals: readonly string[] | null = null;
  let stated: Record<string, string> | null = null;
  let [firstBad, lastLine] = [0, 0];

  function readHeader(text: string, line: number): Taken {
    const cells = text.split(",");
    if (cells.length > limits.statementColumnsMax) return refusedFor("too_many_columns", line);
    if (!columns) {
      columns = header(cells);
      return columns ? null : refusedFor("unknown_format", line);
    }
    // Between rows and totals stands the header of the totals; anything else without a backtick is not WeChat's.
    totals = cells.map(columnName);
    return Object.keys(summary).some((name) => totals?.includes(name)) ? null : refusedFor("corrupt", line);
  }

  function readTotals(names: readonly string[], text: string): null {
    const cells = cut(text);
    stated = {};
    for (const [at, name] of names.entries()) {
      const counting = summary[name];
      if (counting !== undefined && cells[at] !== undefined) stated[counting] = cells[at];
    }
    return null;
  }

  return {
    line(text, line) {
      if (text === "") return null;
      lastLine = line;
      if (stated) return refusedFor("trailing_lines", line);
      if (!text.startsWith("`")) return totals ? refusedFor("corrupt", line) : readHeader(text, line);
      if (totals) return readTotals(totals, text);
      const taken = columns ? row(cut(text), { line, text }) : refusedFor("unknown_format", line);
      if (taken !== null && typeof taken === "object" && "reject" in taken && firstBad === 0) firstBad = line;
      return taken;
    },
    endOfFile: () => null,
    close(): Closing | Refused {
      if (!columns) return { reason: "empty", line: 0 };
      if (!stated) return { reason: "truncated", line: lastLine };
      const figures = counted();
      if (firstDifference(stated, figures) !== null) return { reason: "control_mismatch", line: firstBad || lastLine };
      return { format, columns: columns.names, stated, counted: figures };
    },
  };
}
