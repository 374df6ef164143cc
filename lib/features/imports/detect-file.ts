import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { RangeSource } from "@/lib/platform/zip";
import { chooseColumns, choosePublic, isHeader, numbered } from "./columns";
import { type Detected, detectText, isZip, plain, type ReadingWish, withChosen } from "./detect";
import { readSheetRows } from "./read-sheet";
import { type FileFault, fault } from "./rules";

/** How a workbook seems to be written, by the first rows of its first sheet. */
export async function detectSheet(file: RangeSource, wish: ReadingWish = {}): Promise<Result<Detected, FileFault>> {
  const rows: string[][] = [];
  for await (const group of readSheetRows(file)) {
    if (!group.ok) return group;
    for (const { cells } of group.value) {
      if (cells.some((cell) => cell !== "")) rows.push(cells.map((cell) => (typeof cell === "string" ? cell : "?")));
    }
    if (rows.length >= limits.importLinesLookedAt) break;
  }
  const [first] = rows;
  if (!first) return err(fault("empty_file"));
  const names = first.map((cell) => cell.trim());
  const isNamed = isHeader(names) || (names.length === 1 && isHeader([names[0] ?? "", "note"]));
  const hasHeader = wish.hasHeader ?? isNamed;
  const columns = hasHeader ? names : numbered(Math.max(...rows.map((row) => row.length)));
  const places = columns.map((_, place) => place);
  const own = isNamed && hasHeader ? { chosen: chooseColumns(columns), ...choosePublic(columns) } : { chosen: places };
  const confidence = isNamed || columns.length === 1 ? "sure" : "guess";
  const { trimsEnd = false } = wish;
  const { reading, ...found } = plain({ format: "xlsx", hasHeader, columns, ...own }, confidence);
  return ok({ ...found, reading: { ...withChosen(reading, wish), trimsEnd } });
}

/** Tells how a file is read of which any part can be read. */
export async function detectFile(file: RangeSource, wish: ReadingWish): Promise<Result<Detected, FileFault>> {
  const parts: Buffer[] = [];
  for await (const part of file.read(0, Math.min(file.byteCount, limits.importSniffedBytes))) parts.push(part);
  const head = Buffer.concat(parts);
  if (isZip(head)) return detectSheet(file, wish);
  const detected = detectText(head, head.length < file.byteCount, wish);
  return detected.ok ? detected : err(fault(detected.error));
}
