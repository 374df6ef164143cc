import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { endExports, finishExport, keepExport, type TakenExport, takeExport } from "@/lib/features/merchants/exports";
import { type OrderRow, readOrdersAfter } from "@/lib/features/merchants/orders";
import { ExportFilterQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { formatStamp } from "@/lib/i18n/format";
import { limits } from "@/lib/kernel/limits";
import { type Currency, money, toDecimal } from "@/lib/kernel/money";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Deps } from "@/lib/platform/deps";
import { writeTable } from "@/lib/platform/table-file";

const folderOf = ({ env }: Pick<Deps, "env">): string => path.join(/* turbopackIgnore: true */ env.dataDir, "exports");

/** Where a file lies that can be downloaded. */
export const exportPath = (deps: Pick<Deps, "env">, { id, format }: { id: string; format: string }): string =>
  path.join(/* turbopackIgnore: true */ folderOf(deps), `${id}.${format === "xlsx" ? "xlsx" : "csv"}`);

/** Another process has the file: this one stops, and what it wrote is thrown away. */
class Taken extends Error {}

/**
 * Writes one file that waits, to its end or not at all: it appears under its name when it is whole. A process that is killed
 * leaves it to be begun again when its lease is over. Returns how many it wrote.
 */
export async function writeExport(deps: Deps): Promise<number> {
  for (const gone of await endExports(deps)) await rm(exportPath(deps, gone), { force: true });
  const taken = await takeExport(deps);
  if (!taken) return 0;
  await mkdir(folderOf(deps), { recursive: true });
  const place = exportPath(deps, taken);
  const draft = `${place}.${taken.tries}`;
  let rowCount = 0;
  async function* rows() {
    for await (const page of pagesOf(deps, taken as TakenExport)) {
      for (const row of page) yield cellsOf(row, (taken as TakenExport).locale);
      rowCount += page.length;
      if (!(await keepExport(deps, taken as TakenExport, rowCount))) throw new Taken();
    }
  }
  try {
    const header = headerOf(taken.locale);
    const byteCount = await writeTable(draft, { format: taken.format, header, rows: rows() });
    await rename(draft, place);
    if (await finishExport(deps, taken, { rowCount, byteCount }))
      deps.log.info("export.written", { id: taken.id, rowCount });
    return 1;
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof Taken) return 0;
    deps.log.warn("export.failed", { id: taken.id, tries: taken.tries }, error);
    return 0;
  }
}

async function* pagesOf(deps: Deps, { merchantId, requestedBy, query }: TakenExport): AsyncGenerator<OrderRow[]> {
  const viewer: Viewer =
    merchantId === null
      ? { kind: "admin", userId: requestedBy }
      : { kind: "merchant", userId: requestedBy, merchantId };
  const filter = ExportFilterQuery.parse(query);
  let after: string | null = null;
  for (let page = 0; page < limits.exportPagesMax; page++) {
    const rows: OrderRow[] = await readOrdersAfter(deps, viewer, filter, { after, limit: limits.exportRowsPerPage });
    if (rows.length > 0) yield rows;
    if (rows.length < limits.exportRowsPerPage) return;
    after = rows.at(-1)?.id ?? null;
  }
}

function headerOf(locale: "zh" | "en"): string[] {
  const { orders } = getMessages(locale).merchant;
  const t = getMessages(locale).selling.exports;
  const { number, status, item, quantity, total, buyer, at } = orders.columns;
  return [number, status, orders.exception, item, quantity, total, t.currency, buyer, at, t.paidAt, t.deliveredAt];
}

function cellsOf(row: OrderRow, locale: "zh" | "en"): string[] {
  const { status, exception } = getMessages(locale).merchant.labels;
  const word = (words: Readonly<Record<string, string>>, value: string) => words[value] ?? value;
  const at = (moment: Date | null) => (moment ? formatStamp(moment, locale) : "");
  return [
    row.number,
    word(status, row.status),
    word(exception, row.exception),
    (locale === "zh" ? row.titleZh : row.titleEn) ?? "",
    String(row.quantity),
    toDecimal(money(row.totalMinor, row.currency as Currency)),
    row.currency,
    row.email,
    at(row.createdAt),
    at(row.paidAt),
    at(row.deliveredAt),
  ];
}
