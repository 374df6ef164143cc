import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { RangeSource } from "@/lib/platform/zip";
import { type Cell, cardOfRow } from "./items";
import { type CardItem, type FileFault, fault, type Reading } from "./rules";
import {
  createTextGatherer,
  type NumberFormat,
  openWorkbook,
  readPart,
  type Workbook,
  WorkbookFault,
} from "./workbook";

export interface SheetRow {
  readonly line: number;
  readonly cells: readonly Cell[];
}

/** What a cell's number shows as, or why it is not known. A spreadsheet keeps 15 digits of a number and makes the others up. */
function textOfNumber(digits: string, format: NumberFormat): Cell {
  if (digits === "") return "";
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(digits) ?? [];
  if (whole === "" || whole.length + fraction.length > 15) return { refusal: "imprecise" };
  switch (format.kind) {
    case "general":
      return digits;
    case "digits":
      return fraction === "" ? sign + whole.padStart(format.count, "0") : { refusal: "number_format" };
    case "other":
      return { refusal: "number_format" };
  }
}

interface OpenCell {
  readonly type: string;
  readonly style: number;
  hasFormula: boolean;
}

function textOfCell({ type, style, hasFormula }: OpenCell, text: string, { strings, formats }: Workbook): Cell {
  if (hasFormula) return { refusal: "formula" };
  switch (type) {
    case "s":
      return strings[Number(text)] ?? { refusal: "cell_error" };
    case "inlineStr":
    case "str":
      return text;
    case "b":
      return text === "1" ? "TRUE" : "FALSE";
    case "e":
      return { refusal: "cell_error" };
    case "d":
      return { refusal: "number_format" };
    default:
      return textOfNumber(text, formats[style] ?? { kind: "general" });
  }
}

/** "AB12" is in column 27, counted from 0. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? "") column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

/** Rows count upwards, whatever the file says of them. */
const nextLine = (line: number, said: number): number =>
  Number.isSafeInteger(said) && said > line && said <= limits.importLinesMax ? said : line + 1;

/** Puts the cells of rows together; rows that nobody has fetched yet wait in `rows`. */
function createRowBuilder(workbook: Workbook) {
  const gatherer = createTextGatherer();
  let rows: SheetRow[] = [];
  let [cells, line, place]: [Cell[], number, number] = [[], 0, 0];
  let cell: OpenCell | null = null;
  return {
    open(name: string, attributes: Readonly<Record<string, string>>): void {
      gatherer.open?.(name, attributes);
      if (name === "row") [cells, line, place] = [[], nextLine(line, Number(attributes.r)), 0];
      if (name === "f" && cell) cell.hasFormula = true;
      if (name !== "c") return;
      if (attributes.r) place = columnOf(attributes.r);
      if (place < 0 || place >= limits.importColumnsMax) throw new WorkbookFault(fault("too_many_columns", line));
      cell = { type: attributes.t ?? "n", style: Number(attributes.s ?? 0), hasFormula: false };
    },
    text: (text: string): void => gatherer.text?.(text),
    close(name: string): void {
      gatherer.close?.(name);
      if (name === "row") rows.push({ line, cells });
      if (name !== "c" || !cell) return;
      while (cells.length < place) cells.push("");
      cells[place] = textOfCell(cell, gatherer.take(), workbook);
      [place, cell] = [place + 1, null];
    },
    takeRows(): SheetRow[] {
      const taken = rows;
      rows = [];
      return taken;
    },
  };
}

/** The rows of a workbook's first sheet, piece by piece; memory is that of its shared texts and of a piece. */
export async function* readSheetRows(file: RangeSource): AsyncGenerator<Result<readonly SheetRow[], FileFault>> {
  try {
    const workbook = await openWorkbook(file);
    const builder = createRowBuilder(workbook);
    for await (const _ of readPart(workbook.zip, workbook.sheet, builder)) yield ok(builder.takeRows());
  } catch (error) {
    if (!(error instanceof WorkbookFault)) throw error;
    yield err(error.fault);
  }
}

/** The cards of a workbook's first sheet, by the numbers of their rows. */
export async function* readSheet(
  file: RangeSource,
  reading: Reading,
): AsyncGenerator<Result<readonly CardItem[], FileFault>> {
  let isBeforeHeader = reading.hasHeader;
  for await (const rows of readSheetRows(file)) {
    if (!rows.ok) return yield rows;
    const cards: CardItem[] = [];
    for (const { line, cells } of rows.value) {
      if (cells.every((cell) => cell === "")) continue;
      const card = isBeforeHeader ? null : cardOfRow(line, cells, reading);
      isBeforeHeader = false;
      if (card) cards.push(card);
    }
    yield ok(cards);
  }
}
