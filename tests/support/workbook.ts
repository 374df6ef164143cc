import { zip } from "@/sandbox/gateways/zip";

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const SHEET = "xl/worksheets/sheet1.xml";

/** What stands around the rows of a sheet. */
export const sheetOf = { begin: `<worksheet ${MAIN}><sheetData>`, end: "</sheetData></worksheet>" };

interface WorkbookDraft {
  readonly sheet: Buffer;
  /** What the archive says the sheet unfolds to, where that is not the truth. */
  readonly claimed?: number;
  /** Whether the archive's sum of the sheet is another one. */
  readonly hasWrongSum?: boolean;
}

/** The smallest workbook there is around a sheet, which need not be one. */
export function workbookOf({ sheet, claimed, hasWrongSum = false }: WorkbookDraft): Buffer {
  const archive = zip([
    {
      name: Buffer.from("xl/workbook.xml"),
      content: Buffer.from(`<workbook ${MAIN}><sheets><sheet name="x" sheetId="1"/></sheets></workbook>`),
    },
    { name: Buffer.from(SHEET), content: sheet },
  ]);
  // The directory's entry: sum at 16, size at 24, its name at 46.
  const at = archive.lastIndexOf(SHEET) - 46;
  if (claimed !== undefined) archive.writeUInt32LE(claimed, at + 24);
  if (hasWrongSum) archive.writeUInt32LE(archive.readUInt32LE(at + 16) ^ 1, at + 16);
  return archive;
}
