import { setImmediate as nextTurn } from "node:timers/promises";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Inspected } from "./inspect";
import { createAlipayTradeParser } from "./parse-alipay";
import { createWechatFundsParser } from "./parse-funds";
import { createMappedParser } from "./parse-mapped";
import { createStripeReportParser } from "./parse-stripe-report";
import { createWechatTradeParser } from "./parse-wechat";
import type { Closing, LineParser, ParserContext, Refused, RejectedLine, StatementRow } from "./rules";
import type { Mapping } from "./schema";
import { createLineReader, type Encoding, isRefused } from "./text-lines";
import { type SentFile, unpack } from "./unpack";

/** How a file is to be read: as what it was recognised for, or as somebody says. */
export interface Reading {
  readonly inspected: Inspected;
  /** Used where the file was not recognised. */
  readonly mapping: Mapping | null;
}

/** What lines were taken for, up to and with `line`. */
export interface Lines {
  readonly rows: readonly StatementRow[];
  readonly rejects: readonly RejectedLine[];
  readonly passed: number;
  readonly line: number;
}

/**
 * Reads a file to its end and hands over what its lines are, a piece at a time: memory is a piece's, however large the file. Other
 * work has its turn between two pieces. `onLines` says false to end the reading early; the closing is then of what was read.
 */
export async function readStatement(
  file: SentFile,
  { inspected, mapping }: Reading,
  context: ParserContext,
  onLines: (lines: Lines) => Promise<boolean> | boolean,
): Promise<Result<Closing, Refused>> {
  const parser = parserOf(inspected, mapping, context);
  if (!parser) return err({ reason: "unknown_format", line: 0 });
  const encoding: Encoding = inspected.format === null && mapping ? mapping.encoding : inspected.encoding;
  let reader = createLineReader(encoding);
  for await (const next of unpack(file)) {
    if (next.kind === "refused") return err({ reason: next.reason, line: reader.lineCount + 1 });
    const before = reader.lineCount;
    const lines = take(parser, next.kind === "piece" ? reader.push(next.bytes) : reader.end(), before);
    if ("reason" in lines) return err(lines);
    if (hasAny(lines) && !(await onLines(lines))) break;
    if (next.kind === "end_of_file") {
      const cut = parser.endOfFile(lines.line);
      if (cut) return err(cut);
      reader = createLineReader(encoding);
    }
    await nextTurn();
  }
  const closing = parser.close();
  return "reason" in closing ? err(closing) : ok(closing);
}

const hasAny = ({ rows, rejects, passed }: Lines): boolean => rows.length + rejects.length + passed > 0;

function parserOf({ format }: Inspected, mapping: Mapping | null, context: ParserContext): LineParser | null {
  switch (format) {
    case "alipay_trade":
      return createAlipayTradeParser(context);
    case "wechat_trade":
      return createWechatTradeParser(context);
    case "wechat_funds":
      return createWechatFundsParser(context);
    case "stripe_report":
      return createStripeReportParser(context);
    case null:
      return mapping ? createMappedParser(mapping, context) : null;
  }
}

function take(parser: LineParser, texts: readonly string[] | Refused, before: number): Lines | Refused {
  if (isRefused(texts)) return texts;
  const rows: StatementRow[] = [];
  const rejects: RejectedLine[] = [];
  let [line, passed] = [before, 0];
  for (const text of texts) {
    line += 1;
    const taken = parser.line(text, line);
    if (taken === null) continue;
    if (taken === "passed") passed += 1;
    else if ("row" in taken) rows.push(taken.row);
    else if ("reject" in taken) rejects.push(taken.reject);
    else return taken.refused;
  }
  return { rows, rejects, passed, line };
}
