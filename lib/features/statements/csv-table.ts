import { createCsvReader } from "@/lib/kernel/csv";
import { limits } from "@/lib/kernel/limits";
import { type Columns, readColumns, rejected } from "./columns";
import { type Closing, type FileFormat, type LineParser, type Refused, refusedFor, type Taken } from "./rules";

interface TableOfRecords {
  readonly format: FileFormat;
  readonly delimiter: string;
  /** Lines before the header. */
  readonly skippedLines: number;
  /** Whether this table has these columns. */
  accepts(columns: Columns): boolean;
  /** What is said of one that has not. */
  readonly otherwise: "unknown_format" | "mapping_mismatch";
  row(cells: readonly string[], at: { readonly line: number; readonly text: string }): Taken;
}

/** A table with a header and no totals: what it says of itself is nothing, so each bad line is told and the others are kept. */
export function createCsvTable({
  format,
  delimiter,
  skippedLines,
  accepts,
  otherwise,
  row,
}: TableOfRecords): LineParser {
  const reader = createCsvReader(delimiter, { lettersMax: limits.statementLineLettersMax });
  let columns: Columns | null = null;
  let lastLine = 0;

  function header(cells: readonly string[], line: number): Taken {
    if (cells.length > limits.statementColumnsMax) return refusedFor("too_many_columns", line);
    columns = readColumns(cells);
    return accepts(columns) ? null : refusedFor(otherwise, line);
  }

  return {
    line(text, line) {
      lastLine = line;
      if (line <= skippedLines || (text.trim() === "" && !reader.isOpen())) return null;
      const record = reader.take(text, line);
      if (record === "too_long") return refusedFor("line_too_long", line);
      if (!record) return null;
      if (!columns) return header(record.cells, record.line);
      // Some programs end each line with one delimiter too many, and some leave empty cells at the end away.
      const { cells } = record;
      const isShifted =
        cells.length > columns.names.length && cells.slice(columns.names.length).some((cell) => cell !== "");
      if (isShifted || cells.length < columns.names.length - 1) return rejected(record.line, "columns", text);
      return row(cells, { line: record.line, text: cells.join(delimiter) });
    },
    endOfFile: (lines) => (reader.isOpen() ? { reason: "truncated", line: lines } : null),
    close: (): Closing | Refused =>
      columns ? { format, columns: columns.names, stated: {}, counted: {} } : { reason: "empty", line: lastLine },
  };
}
