import { z } from "zod";
import { newOutTradeNo } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { parseJson } from "../json-members";
import type { StatementPage, StatementWindow, UnknownReason } from "../port";
import { Printed, PrintedName } from "../printed-json";
import { getText, type Transport } from "../transport";
import { queryPayment } from "./query";
import type { EpayConfig } from "./settings";
import { askSigned } from "./signed-reply";

/** How far a window is read back at most is its caller's matter; within it every row comes once, newest first. */
export interface OrderWindow {
  /** Unix milliseconds: rows that were added before are not told, and end the reading. */
  readonly since: number;
}

/**
 * One payment in the server's own list, as it stands there. The last item is the end, with a reason when the list was not read to it:
 * then rows may be missing.
 */
export type ListedPayment = ListedRow | { readonly kind: "end"; readonly reason: UnknownReason | null };

export interface ListedRow {
  readonly kind: "row";
  readonly gatewayTradeNo: string;
  readonly outTradeNo: string;
  /** Unix milliseconds. */
  readonly addedAt: number;
  /** Every plain field of the row under its own name. */
  readonly raw: Readonly<Record<string, string>>;
}

const RawRow = z.looseObject({
  trade_no: PrintedName,
  out_trade_no: PrintedName,
  money: Printed,
  status: Printed,
  addtime: Printed,
});
const Page = z.looseObject({ code: Printed, data: z.array(RawRow).max(limits.epayOrdersPerPage) });

/**
 * Every payment of the account since a moment, page by page. New payments push rows down while we read and purged ones pull them up:
 * each page shares rows with the one before, what was told is not told again, and a page that shares none is a gap, for which we
 * go back. The last item says whether the list was read to its end; without that, rows may be missing.
 */
export async function* listOrders(
  { since }: OrderWindow,
  config: EpayConfig,
  transport: Transport,
): AsyncGenerator<ListedPayment> {
  const told = new Told();
  let [offset, gaps] = [0, 0];
  for (let page = 0; page < limits.epayOrdersPagesMax; page++) {
    const rows = await readPage(offset, config, transport);
    if (!rows.ok) return yield end(rows.error);
    const fresh = rows.value.filter(({ gatewayTradeNo }) => !told.has(gatewayTradeNo));
    if (offset > 0 && fresh.length === rows.value.length) {
      if (++gaps > limits.epayOrdersGapsMax) return yield end("unreadable");
      offset = Math.max(0, offset - limits.epayOrdersPerPage / 2);
      continue;
    }
    for (const row of fresh) {
      if (row.addedAt < since) return yield end(null);
      told.add(row.gatewayTradeNo);
      yield row;
    }
    if (rows.value.length < limits.epayOrdersPerPage) return yield end(null);
    offset += limits.epayOrdersPerPage - limits.epayOrdersShared;
  }
  yield end("unreadable");
}

/**
 * The same list as a statement: pages of rows as the server sent them. Its offsets move with every new payment, so there is nothing
 * to go on from: a reading that broke off begins again, and rows that were kept before are told once more.
 */
export async function* orderPages(
  { from, to }: StatementWindow,
  config: EpayConfig,
  transport: Transport,
): AsyncGenerator<Result<StatementPage, UnknownReason>, void> {
  let rows: ListedRow["raw"][] = [];
  for await (const item of listOrders({ since: from }, config, transport)) {
    if (item.kind === "end") return yield item.reason === null ? ok(pageOf(rows, true)) : err(item.reason);
    if (item.addedAt < to) rows.push(item.raw);
    if (rows.length < limits.epayOrdersPerPage) continue;
    yield ok(pageOf(rows, false));
    rows = [];
  }
}

const pageOf = (rows: readonly ListedRow["raw"][], isLast: boolean): StatementPage => ({
  text: JSON.stringify({ data: rows }),
  rows: rows.length,
  cursor: null,
  isLast,
});

const end = (reason: UnknownReason | null): ListedPayment => ({ kind: "end", reason });

/** The latest names that were told, so that a million rows fit in a bounded memory. */
class Told {
  readonly #names = new Set<string>();
  has = (name: string): boolean => this.#names.has(name);
  add(name: string): void {
    this.#names.add(name);
    if (this.#names.size <= limits.epayOrdersRemembered) return;
    for (const oldest of this.#names) return void this.#names.delete(oldest);
  }
}

async function readPage(
  offset: number,
  config: EpayConfig,
  transport: Transport,
): Promise<Result<ListedRow[], UnknownReason>> {
  const page = await askPage(offset, config, transport);
  if (page.ok) return readRows(page.value);
  // An empty list is a broken page on PHP 8. Later pages share rows with the one before, so only the first can be empty; whether it is
  // one or the server is broken, another question tells.
  if (page.error !== "http_status" || offset > 0) return page;
  const question = { outTradeNo: newOutTradeNo(), gatewayTradeNo: null };
  return (await queryPayment(question, config, transport)).state === "not_found" ? ok([]) : page;
}

/** The rows as the server sent them. */
async function askPage(
  offset: number,
  config: EpayConfig,
  transport: Transport,
): Promise<Result<unknown, UnknownReason>> {
  const { baseUrl, pid, signing } = config;
  const range = [
    ["limit", String(limits.epayOrdersPerPage)],
    ["offset", String(offset)],
  ] as const;
  if (signing.mode === "RSA") {
    const reply = await askSigned("/api/merchant/orders", range, config, transport);
    return reply.state === "said" ? ok({ code: "1", data: reply.rows ?? [] }) : err(reply.reason);
  }
  const search = new URLSearchParams({ act: "orders", pid, key: signing.key.reveal(), ...Object.fromEntries(range) });
  const reply = await getText(transport, `${baseUrl}/api.php?${search}`);
  if (!reply.ok) return reply;
  return reply.value.status === 200 ? ok(parseJson(reply.value.text.replace(/^\uFEFF/, ""))) : err("http_status");
}

const CredentialsRefused = z.looseObject({ code: z.union([z.literal(-3), z.literal("-3")]) });

function readRows(reply: unknown): Result<ListedRow[], UnknownReason> {
  const page = Page.safeParse(reply);
  if (!page.success) {
    const refused = CredentialsRefused.safeParse(reply);
    return err(refused.success ? "credentials_refused" : "unreadable");
  }
  if (page.data.code !== "1") return err("unreadable");
  const rows = page.data.data.map(readRow);
  return rows.every((row) => row !== null) ? ok(rows) : err("unreadable");
}

function readRow(row: z.infer<typeof RawRow>): ListedRow | null {
  const addedAt = fromShanghai(row.addtime);
  if (addedAt === null) return null;
  const raw = Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [],
    ),
  );
  return { kind: "row", gatewayTradeNo: row.trade_no, outTradeNo: row.out_trade_no, addedAt, raw };
}

/** The protocol's times are China's, and do not say so. */
function fromShanghai(text: string): number | null {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}+08:00`);
  return Number.isNaN(at) ? null : at;
}
