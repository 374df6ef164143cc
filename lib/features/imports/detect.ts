import { createCsvReader } from "@/lib/kernel/csv";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { chooseColumns, choosePublic, isHeader, numbered } from "./columns";
import { detectEncoding, textOfHead } from "./encodings";
import { createListReader } from "./read-json";
import { DELIMITERS, type FileRefusal, PLAIN, QUOTING, type Reading } from "./rules";

/** How a file seems to be written, and how surely. */
export interface Detected {
  readonly reading: Reading;
  readonly confidence: "sure" | "likely" | "guess";
  /** What the lines seem to be divided by; for the eye alone, as each is a card whole. */
  readonly divided: { readonly separator: string; readonly fields: number } | null;
}

/** First bytes of what people upload by mistake: archives, PDF, pictures, programs. */
const MAGICS = ["\x1f\x8b", "%PDF-", "\x89PNG", "\xff\xd8\xff", "GIF8", "7z\xbc\xaf\x27\x1c", "Rar!\x1a"]
  .concat([
    "SQLite format 3\0",
    "\x7fELF",
    "MZ\x90\0",
    "BZh",
    "\xfd7zXZ",
    "\x28\xb5\x2f\xfd",
    "\xff\xfe\0\0",
    "\0\0\xfe\xff",
  ])
  .map((text) => Buffer.from(text, "latin1"));
const OLD_WORKBOOK = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

export const isZip = (head: Uint8Array): boolean => head[0] === 0x50 && head[1] === 0x4b && head[2] === 3;

const begins = (head: Buffer, magic: Buffer): boolean => head.subarray(0, magic.length).equals(magic);
const isControl = (byte: number): boolean => (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 0x7f;

/** One stray NUL is a bad line of a text; many control bytes are no text at all. */
function looksBinary(head: Buffer): boolean {
  if (MAGICS.some((magic) => begins(head, magic))) return true;
  const controls = head.reduce((count, byte) => count + (isControl(byte) ? 1 : 0), 0);
  return controls >= 8 && controls * 20 > head.length;
}

/** What somebody says of a file; what is left out is told by the file. */
export type ReadingWish = {
  readonly [K in "encoding" | "format" | "separator" | "hasHeader" | "chosen" | "preview" | "extra" | "trimsEnd"]?:
    | Reading[K]
    | undefined;
};

/**
 * Tells from the beginning of a text how it is read. Only what is unmistakable is taken for more than one card per line: a row that
 * was cut into cells by mistake is a card that is sold in part. `isCut`: the bytes end anywhere.
 */
export function detectText(head: Buffer, isCut: boolean, wish: ReadingWish = {}): Result<Detected, FileRefusal> {
  if (head.length === 0 || head.equals(Buffer.from([0xef, 0xbb, 0xbf]))) return err("empty_file");
  if (begins(head, OLD_WORKBOOK)) return err("old_workbook");
  const guess = detectEncoding(head, isCut);
  if (!isWide(guess.encoding) && looksBinary(head)) return err("binary_file");
  const encoding = wish.encoding ?? guess.encoding;
  const text = textOfHead(isWide(encoding) ? head.subarray(0, head.length - (head.length % 2)) : head, encoding);
  const lines = text.split(/\r\n|\n|\r/);
  // The last one may be half a line.
  if (isCut && lines.length > 1) lines.pop();
  const looked = lines.slice(0, limits.importLinesLookedAt);
  const own = detectJson(text, isCut) ?? detectFormat(looked);
  const found = asWished(own, wish, { text, lines: looked, isCut });
  const confidence = guess.isSure ? found.confidence : "guess";
  const { trimsEnd = false } = wish;
  return ok({ ...found, confidence, reading: { ...withChosen(found.reading, wish), encoding, trimsEnd } });
}

const isWide = (encoding: Reading["encoding"]): boolean => encoding === "utf-16le" || encoding === "utf-16be";

/** The columns that somebody chose, where there are such. */
export function withChosen(own: Reading, { chosen, preview, extra }: ReadingWish): Reading {
  const there = (wish: number | null | undefined, told: number | null): number | null =>
    wish === undefined || (wish !== null && wish >= own.columns.length) ? told : wish;
  const reading = { ...own, preview: there(preview, own.preview), extra: there(extra, own.extra) };
  const valid = (chosen ?? []).filter((place) => place < reading.columns.length);
  return valid.length > 0 ? { ...reading, chosen: [...new Set(valid)].sort((a, b) => a - b) } : reading;
}

interface Looked {
  readonly text: string;
  readonly lines: readonly string[];
  readonly isCut: boolean;
}

/** What is read as somebody says, with what that leaves open told by the file. */
function asWished({ reading, ...own }: Detected, wish: ReadingWish, { text, lines, isCut }: Looked): Detected {
  const format = wish.format ?? reading.format;
  const isOwn = format === reading.format;
  const separator = wish.separator ?? (isOwn ? reading.separator : undefined);
  if (isOwn && separator === reading.separator && (wish.hasHeader ?? reading.hasHeader) === reading.hasHeader)
    return { ...own, reading };
  switch (format) {
    case "table":
      return tableOf(lines, [separator, dividedBy(lines)?.separator].find(isDelimiter) ?? ",", wish.hasHeader);
    case "blocks":
      return plain({ format, separator: separator === "rule" ? "rule" : "blank" });
    case "json":
      return detectJson(text, isCut) ?? plain({ format });
    default:
      return { ...plain({}), divided: dividedBy(lines) };
  }
}

const isDelimiter = (separator: string | undefined): separator is string =>
  (DELIMITERS as readonly (string | undefined)[]).includes(separator);

/** A table as somebody says: its first line may or may not name the columns. */
function tableOf(lines: readonly string[], separator: string, said: boolean | undefined): Detected {
  const isQuoting = DELIMITERS.indexOf(separator as (typeof DELIMITERS)[number]) < QUOTING;
  const filled = lines.filter((line) => line.trim() !== "");
  const first = cellsOf(filled[0] ?? "", separator, isQuoting).map((cell) => cell.trim());
  const hasHeader = said ?? isHeader(first);
  const widest = Math.max(1, ...filled.map((line) => cellsOf(line, separator, isQuoting).length));
  const columns = hasHeader ? first : numbered(Math.min(widest, limits.importColumnsMax));
  const chosen = hasHeader ? chooseColumns(columns) : columns.map((_, place) => place);
  const open = hasHeader ? choosePublic(columns) : {};
  return plain({ format: "table", separator, hasHeader, columns, chosen, ...open });
}

/** One card per line but for this. */
export const plain = (change: Partial<Reading>, confidence: Detected["confidence"] = "likely"): Detected => ({
  reading: { ...PLAIN, ...change },
  confidence,
  divided: null,
});

const detectFormat = (lines: readonly string[]): Detected =>
  detectHeader(lines) ??
  detectRows(lines) ??
  detectBlocks(lines) ?? { ...plain({}, "sure"), divided: dividedBy(lines) };

/** A list of texts or of objects. A text that only begins like one, such as a card per line in brackets, is none. */
function detectJson(text: string, isCut: boolean): Detected | null {
  const list = listIn(text.trimStart());
  if (list === null) return null;
  const reader = createListReader(list);
  const members = reader.push(text);
  if (members === "broken" || members.length === 0 || (!isCut && !reader.isWhole())) return null;
  const columns = columnsOf(members.slice(0, limits.importLinesLookedAt));
  return (
    columns &&
    plain({ format: "json", list, columns, chosen: chooseColumns(columns), ...choosePublic(columns) }, "sure")
  );
}

/** The names that lead to the first list, where it is the whole text or at most two names deep. */
function listIn(text: string): string | null {
  if (text.startsWith("[")) return "";
  const name = '"([^"\\\\.*$]+)"\\s*:\\s*';
  const shallow = new RegExp(`^\\{[^[{]*?${name}\\[`).exec(text);
  if (shallow) return shallow[1] ?? null;
  const deep = new RegExp(`^\\{[^[{]*?${name}\\{[^[{]*?${name}\\[`).exec(text);
  return deep ? `${deep[1]}.${deep[2]}` : null;
}

/** The fields of the members, none for plain texts; null where they are neither. */
function columnsOf(members: readonly unknown[]): string[] | null {
  const objects = members.filter((member) => typeof member === "object" && member !== null);
  if (objects.length === 0) return [];
  if (objects.some((member) => Array.isArray(member))) {
    const widths = objects.map((member) => (Array.isArray(member) ? member.length : 0));
    return numbered(Math.min(Math.max(...widths), limits.importColumnsMax));
  }
  const names = new Set(objects.flatMap((member) => Object.keys(member as object)));
  return names.size > limits.importColumnsMax ? null : [...names];
}

const cellsOf = (line: string, delimiter: string, isQuoting: boolean): readonly string[] => {
  if (!isQuoting) return line.split(delimiter);
  const record = createCsvReader(delimiter, { lettersMax: limits.importRowLettersMax }).take(line, 1);
  return record && record !== "too_long" ? record.cells : [];
};

/** Delimiters that a header may have; a blank or a colon within a first line says nothing. */
const HEADER_DELIMITERS = DELIMITERS.slice(0, 6);

/** A table whose first line names its columns. */
function detectHeader(lines: readonly string[]): Detected | null {
  const first = lines.find((line) => line.trim() !== "") ?? "";
  for (const [at, separator] of HEADER_DELIMITERS.entries()) {
    const cells = cellsOf(first, separator, at < QUOTING);
    if (!isHeader(cells)) continue;
    const columns = cells.map((cell) => cell.trim());
    const chosen = chooseColumns(columns);
    return plain({ format: "table", separator, hasHeader: true, columns, chosen, ...choosePublic(columns) });
  }
  return null;
}

const isMost = (count: number, all: number): boolean => count > 0 && count * 10 >= all * 9;

/** Rows of "secret║preview║extra price║cost": nothing but such a file has that letter in every line. */
function detectRows(lines: readonly string[]): Detected | null {
  const filled = lines.filter((line) => line.trim() !== "");
  const divided = filled.filter((line) => line.includes("║"));
  if (!isMost(divided.length, filled.length)) return null;
  const columns = numbered(Math.max(...divided.map((line) => line.split("║").length)));
  return plain({ format: "table", separator: "║", columns, chosen: [0] });
}

const isRule = (line: string): boolean => /^={5,}\s*$/.test(line);

/** Blocks between lines of equal signs; or between blank lines, where every block has the same labels one below the other. */
function detectBlocks(lines: readonly string[]): Detected | null {
  const rules = lines.filter(isRule).length;
  if (rules > 0 && rules * 3 <= lines.length + 2) return plain({ format: "blocks", separator: "rule" });
  const blocks: string[][] = [[]];
  for (const line of lines) {
    if (line.trim() !== "") blocks.at(-1)?.push(labelOf(line));
    else if (blocks.at(-1)?.length !== 0) blocks.push([]);
  }
  const labelled = blocks.filter((block) => block.length > 0);
  const [first] = labelled;
  if (!first || labelled.length < 2 || new Set(first).size < 2 || first.includes("")) return null;
  // The last one may be half a block.
  const isAlike = labelled.every(
    (block, at) => (at === labelled.length - 1 ? first.slice(0, block.length) : first).join("\n") === block.join("\n"),
  );
  return isAlike ? plain({ format: "blocks", separator: "blank" }) : null;
}

/** "账号" of "账号：a@b.cn"; "" of a line without a label. */
const labelOf = (line: string): string => /^\s*([\p{L}\p{N} _-]{1,20}?)\s*[:：=]/u.exec(line)?.[1] ?? "";

const DIVIDERS = ["----", "---", "║", "\t", "|", ":", " "] as const;

function dividedBy(lines: readonly string[]): Detected["divided"] {
  const filled = lines.filter((line) => line.trim() !== "");
  for (const separator of DIVIDERS) {
    const counts = filled.map((line) => line.split(separator).length);
    const fields = counts[0] ?? 1;
    if (fields > 1 && isMost(counts.filter((count) => count === fields).length, filled.length))
      return { separator, fields };
  }
  return null;
}
