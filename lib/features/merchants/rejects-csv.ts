interface Reject {
  readonly line: number;
  readonly reason: string;
}

/** Refused lines as a table, with the mark of UTF-8 so that spreadsheets read it; never a word of the lines themselves. */
export function rejectsAsCsv(
  rejects: readonly Reject[],
  reasons: Readonly<Record<string, string>>,
  header: readonly [string, string],
): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const rows = rejects.map(({ line, reason }) => `${line},${quoted(reasons[reason] ?? reason)}`);
  return `\ufeff${[header.map(quoted).join(","), ...rows].join("\r\n")}\r\n`;
}
