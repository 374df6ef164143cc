import { isUtf8 } from "node:buffer";
import { limits } from "@/lib/kernel/limits";
import { columnName } from "./columns";
import type { FileFormat, FileRefusal } from "./rules";
import type { Encoding } from "./text-lines";
import { type SentFile, unpack } from "./unpack";

/** What a file looks like from its beginning. */
export interface Inspected {
  readonly encoding: Encoding;
  /** Null: no header that is known, so somebody must say what its columns are. */
  readonly format: Exclude<FileFormat, "mapped_csv"> | null;
  /** The first lines, whole ones only. */
  readonly lines: readonly string[];
}

/** Headers by what only they have. */
const HEADERS: readonly (readonly [Exclude<FileFormat, "mapped_csv">, readonly string[]])[] = [
  ["alipay_trade", ["支付宝交易号", "商户订单号", "业务类型"]],
  ["wechat_trade", ["微信订单号", "商户订单号", "交易时间"]],
  ["wechat_funds", ["资金流水单号", "记账时间"]],
  ["stripe_report", ["balance_transaction_id", "reporting_category", "gross"]],
];
/** The table that Alipay packs beside its trades, and may pack in front of them. */
const ALIPAY_SUMMARY = "交易订单总笔数";

const LINES_LOOKED_AT = 50;

/** Looks at the beginning of a file; an archive is opened for it. */
export async function inspect(file: SentFile): Promise<Inspected | FileRefusal> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const next of unpack(file)) {
    if (next.kind === "refused") {
      // What could be read of a file that is broken later on tells enough of it; reading it to that place tells the rest.
      if (bytes === 0) return next.reason;
      break;
    }
    if (next.kind === "end_of_file") break;
    parts.push(next.bytes);
    bytes += next.bytes.length;
    if (bytes >= limits.statementPreviewBytes) break;
  }
  if (bytes === 0) return "empty";
  return inspectText(Buffer.concat(parts), bytes >= limits.statementPreviewBytes);
}

/** The same of bytes that are not packed. `isCut`: they end anywhere. */
function inspectText(bytes: Buffer, isCut: boolean): Inspected | FileRefusal {
  const whole = isCut ? bytes.subarray(0, bytes.lastIndexOf(10) + 1) : bytes;
  if (whole.length === 0) return "line_too_long";
  if (whole.subarray(0, 4_096).includes(0)) return "unknown_format";
  const encoding = isUtf8(whole) ? "utf-8" : "gbk";
  const text = new TextDecoder(encoding === "gbk" ? "gb18030" : "utf-8").decode(whole);
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return { encoding, format: formatOf(lines.slice(0, LINES_LOOKED_AT)), lines };
}

function formatOf(lines: readonly string[]): Inspected["format"] {
  for (const line of lines) {
    if (line.startsWith("#") || line.trim() === "") continue;
    const names = new Set(line.split(",").map(columnName));
    if (names.has(ALIPAY_SUMMARY)) return "alipay_trade";
    for (const [format, wanted] of HEADERS) if (wanted.every((name) => names.has(name))) return format;
  }
  return null;
}
