import { limits } from "@/lib/kernel/limits";
import type { LedgerRecord } from "./record";
import { fromBlockLine, fromEntryLine, HeaderLine, LEDGER_FORMAT, Line, toBlockLine, toEntryLine } from "./schema";

/** The lines of an export, each one JSON value, the header first and a line that counts them last. */
export async function* writeLedgerLines(
  records: AsyncIterable<LedgerRecord>,
  { publicKey, exportedAtMs }: { publicKey: string; exportedAtMs: number },
): AsyncGenerator<string> {
  const line = (value: unknown) => `${JSON.stringify(value)}\n`;
  const counts = { blocks: 0, entries: 0, unsealed: 0 };
  yield line({ format: LEDGER_FORMAT, publicKey, exportedAtMs });
  for await (const record of records) {
    if (record.kind === "block") {
      counts.blocks++;
      yield line({ block: toBlockLine(record.block) });
    } else if (record.kind === "entry") {
      counts.entries++;
      yield line({ entry: toEntryLine(record.entry) });
    } else if (record.kind === "unsealed") {
      counts.unsealed++;
      yield line({ unsealed: toEntryLine(record.entry) });
    }
  }
  yield line({ end: counts });
}

const brokenOff = (line: number, sentence: string): LedgerRecord => ({ kind: "broken_off", line, sentence });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Reads an export as a stream, in memory for one line, and needs nothing but the file. What is no line of ours ends it. */
export async function* readLedgerLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<LedgerRecord> {
  const counts = { blocks: 0, entries: 0, unsealed: 0 };
  let number = 0;
  for await (const text of linesOf(source)) {
    number++;
    if (text === null) return yield brokenOff(number, "the line is longer than any line of a ledger.");
    if (number === 1) {
      if (HeaderLine.safeParse(parsed(text)).success) continue;
      return yield brokenOff(1, `this is not an export of the ledger in the format ${LEDGER_FORMAT}.`);
    }
    const line = Line.safeParse(parsed(text));
    if (!line.success) return yield brokenOff(number, "this is not a line of a ledger.");
    if ("end" in line.data) {
      const { end } = line.data;
      const agrees = end.blocks === counts.blocks && end.entries === counts.entries && end.unsealed === counts.unsealed;
      if (agrees) yield { kind: "end" };
      else yield brokenOff(number, "the end counts other lines than there are: some were taken out or put in.");
    } else yield count(line.data, counts);
  }
  if (number === 0) yield brokenOff(1, "the file is empty.");
}

function count(
  line: Exclude<Line, { end: unknown }>,
  counts: { blocks: number; entries: number; unsealed: number },
): LedgerRecord {
  if ("block" in line) {
    counts.blocks++;
    return { kind: "block", block: fromBlockLine(line.block) };
  }
  if ("entry" in line) {
    counts.entries++;
    return { kind: "entry", entry: fromEntryLine(line.entry) };
  }
  counts.unsealed++;
  return { kind: "unsealed", entry: fromEntryLine(line.unsealed) };
}

/** The lines of a byte stream without their ends; null in place of one past the bound, after which nothing comes. */
async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<string | null> {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
    if (rest.length > limits.ledgerLineBytesMax) return yield null;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
