import type { FileDetail } from "./queries";

/** A cell that no spreadsheet computes: a formula is told by its first letter, and quotes keep the rest together. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** The rejected lines of a file as a table for a spreadsheet: line, reason, and the line itself. */
export const rejectsAsCsv = (
  { rejects }: Pick<FileDetail, "rejects">,
  words: Readonly<Record<string, string>>,
  header: readonly string[],
): string =>
  `\ufeff${[header, ...rejects.map(({ line, reason, content }) => [String(line), words[reason] ?? reason, content])]
    .map((cells) => cells.map(cell).join(","))
    .join("\r\n")}\r\n`;
