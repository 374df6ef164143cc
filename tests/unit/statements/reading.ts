import { inspect } from "@/lib/features/statements/inspect";
import { readStatement } from "@/lib/features/statements/read-statement";
import type { Closing, Refused, RejectedLine, StatementRow } from "@/lib/features/statements/rules";
import type { Mapping } from "@/lib/features/statements/schema";
import { spool } from "@/lib/platform/spool";
import vectors from "@/tests/fixtures/payment-vectors.json";

/** The morning after the vectors' day. */
export const NOW = Date.parse("2026-11-20T02:00:00Z");

export const WECHAT = Buffer.from(vectors.bills.wechatTradeAll.utf8Base64, "base64");
export const WECHAT_GZIP = Buffer.from(vectors.bills.wechatTradeAll.gzipBase64, "base64");
export const ALIPAY = Buffer.from(vectors.bills.alipayTrade.gbkBase64, "base64");

export interface Read {
  readonly rows: StatementRow[];
  readonly rejects: RejectedLine[];
  readonly passed: number;
  readonly closing: Closing | null;
  readonly refused: Refused | null;
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface How {
  readonly owner?: string | null;
  readonly mapping?: Mapping | null;
  readonly now?: number;
}

/** A file read to its end, as the shop reads it. */
export async function read(bytes: Buffer, { owner = null, mapping = null, now = NOW }: How = {}): Promise<Read> {
  const file = await spool(cut(bytes, 65_536), { bytesMax: 1e9 });
  if (!file.ok) throw new Error(file.error);
  const all = { rows: [] as StatementRow[], rejects: [] as RejectedLine[], passed: 0 };
  try {
    const inspected = await inspect(file.value);
    if (typeof inspected === "string") return { ...all, closing: null, refused: { reason: inspected, line: 0 } };
    const result = await readStatement(file.value, { inspected, mapping }, { now, owner }, (lines) => {
      all.rows.push(...lines.rows);
      all.rejects.push(...lines.rejects);
      all.passed += lines.passed;
      return true;
    });
    return { ...all, closing: result.ok ? result.value : null, refused: result.ok ? null : result.error };
  } finally {
    await file.value.close();
  }
}

/** The text of the vector with something in it changed, in its own encoding. */
export const changed = (bytes: Buffer, from: string | RegExp, to: string): Buffer =>
  Buffer.from(bytes.toString("latin1").replace(from, to), "latin1");
