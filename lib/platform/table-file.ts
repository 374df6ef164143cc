import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import yazl from "yazl";
import { limits } from "@/lib/kernel/limits";

export type TableFormat = "csv" | "xlsx";
type Rows = AsyncIterable<readonly string[]>;

/** How a spreadsheet tells a formula, by its first letter, in the widths that it takes for the same. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A cell that no spreadsheet computes: its first letter is not a formula's, and quotes keep the rest together. */
export const csvCell = (text: string): string => `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

/** A line of such cells, with its end. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(",")}\r\n`;

async function* csvOf(header: readonly string[], rows: Rows): AsyncGenerator<string> {
  // With its mark, so that a spreadsheet reads it as UTF-8.
  yield `\ufeff${csvLine(header)}`;
  for await (const row of rows) yield csvLine(row);
}

/** What XML cannot hold is left out: it cannot be seen either. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must go
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
const xml = (text: string): string =>
  text.replace(UNWRITABLE, "").replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A text in place: a cell of this kind is never computed, whatever it begins with. */
const xlsxRow = (cells: readonly string[]): string =>
  `<row>${cells.map((text) => `<c t="inlineStr"><is><t xml:space="preserve">${xml(text)}</t></is></c>`).join("")}</row>`;

const HEAD = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`;
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** The parts of a workbook beside its sheets. */
function partsOf(sheets: number): readonly (readonly [name: string, text: string])[] {
  const numbers = Array.from({ length: sheets }, (_, n) => n + 1);
  const each = (write: (n: number) => string) => numbers.map(write).join("");
  return [
    [
      "[Content_Types].xml",
      `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${KIND}.sheet.main+xml"/>${each((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${KIND}.worksheet+xml"/>`)}</Types>`,
    ],
    [
      "_rels/.rels",
      `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      "xl/workbook.xml",
      `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${each((n) => `<sheet name="${n}" sheetId="${n}" r:id="rId${n}"/>`)}</sheets></workbook>`,
    ],
    [
      "xl/_rels/workbook.xml.rels",
      `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${each((n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`)}</Relationships>`,
    ],
  ];
}

/** Sheets of at most so many rows as a spreadsheet opens, each with the header, one after another as the rows come. */
async function addSheets(zip: yazl.ZipFile, header: readonly string[], rows: Rows): Promise<number> {
  const iterator = rows[Symbol.asyncIterator]();
  let next = await iterator.next();
  let sheets = 0;
  do {
    sheets += 1;
    await new Promise<void>((resolve, reject) => {
      async function* sheet() {
        yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${xlsxRow(header)}`;
        for (let count = 1; !next.done && count < limits.exportRowsPerSheet; count++) {
          yield xlsxRow(next.value);
          next = await iterator.next();
        }
        yield "</sheetData></worksheet>";
      }
      const stream = Readable.from(sheet());
      stream.once("end", resolve).once("error", reject);
      zip.addReadStream(stream, `xl/worksheets/sheet${sheets}.xml`);
    });
  } while (!next.done);
  return sheets;
}

async function writeXlsx(file: string, header: readonly string[], rows: Rows): Promise<void> {
  const zip = new yazl.ZipFile();
  // What fails in a sheet is heard of from the sheet; unheard here, it would end the process.
  zip.on("error", () => {});
  const written = pipeline(zip.outputStream, createWriteStream(file, { mode: 0o600 }));
  const filled = addSheets(zip, header, rows).then(
    (sheets) => {
      for (const [name, text] of partsOf(sheets)) zip.addBuffer(Buffer.from(text), name);
      zip.end();
    },
    (error: unknown) => {
      // Its output would otherwise never end.
      (zip.outputStream as Readable).destroy(error as Error);
      throw error;
    },
  );
  await Promise.all([filled, written]);
}

/**
 * Writes rows as they come into a file that spreadsheets open and in which nothing computes, whatever stands in a cell. Memory
 * is bounded however many rows there are. Returns its size.
 */
export async function writeTable(
  file: string,
  { format, header, rows }: { format: TableFormat; header: readonly string[]; rows: Rows },
): Promise<number> {
  if (format === "xlsx") await writeXlsx(file, header, rows);
  else await pipeline(Readable.from(csvOf(header, rows)), createWriteStream(file, { mode: 0o600 }));
  return (await stat(file)).size;
}
