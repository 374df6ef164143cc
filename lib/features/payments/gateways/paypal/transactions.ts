import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { StatementPage, StatementWindow, UnknownReason } from "../port";
import type { Transport } from "../transport";
import { callPaypal } from "./call";
import type { PaypalConfig } from "./settings";

/** PayPal takes 31 days and 10,000 rows a question; a day is far below both for most shops. */
const SLICE_MS = 24 * 3_600_000;

const Page = z.looseObject({
  transaction_details: z.array(z.looseObject({})).max(500).nullish(),
  page: z.int().nonnegative(),
  total_pages: z.int().nonnegative(),
});

/** Where the next page begins: the slice's beginning in Unix milliseconds, and the page in it. */
interface Place {
  readonly from: number;
  readonly page: number;
}
const writePlace = ({ from, page }: Place): string => `${from}/${page}`;
function readPlace(cursor: string | null | undefined, from: number): Place {
  const match = /^(\d{1,15})\/(\d{1,6})$/.exec(cursor ?? "");
  return match ? { from: Number(match[1]), page: Number(match[2]) } : { from, page: 1 };
}

const isoOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");

/**
 * Every transaction of the account within a time, oldest day first, a page at a time and as PayPal wrote it. PayPal's list
 * is up to three hours behind: a statement of today ends earlier than its end says.
 */
export async function* readTransactions(
  { from, to, after }: StatementWindow,
  config: PaypalConfig,
  transport: Transport,
): AsyncGenerator<Result<StatementPage, UnknownReason>, void> {
  let place = readPlace(after, from);
  for (let count = 0; count < limits.statementPagesMax && place.from < to; count += 1) {
    const until = Math.min(place.from + SLICE_MS, to);
    const page = await readPage(place, until, { config, transport });
    if (!page.ok) return yield page;
    const isSliceDone = place.page >= page.value.pages;
    place = isSliceDone ? { from: until, page: 1 } : { from: place.from, page: place.page + 1 };
    const isLast = place.from >= to;
    yield ok({ text: page.value.text, rows: page.value.rows, cursor: writePlace(place), isLast });
    if (isLast) return;
  }
  if (place.from < to) yield err("gateway_busy");
}

async function readPage(
  { from, page }: Place,
  until: number,
  { config, transport }: { readonly config: PaypalConfig; readonly transport: Transport },
): Promise<Result<{ text: string; rows: number; pages: number }, UnknownReason>> {
  const query = new URLSearchParams({
    // Both ends are inside at PayPal, to the second.
    start_date: isoOf(from),
    end_date: isoOf(until - 1_000),
    fields: "all",
    balance_affecting_records_only: "Y",
    page_size: "500",
    page: String(page),
  });
  const path = `/v1/reporting/transactions?${query}`;
  const reply = await callPaypal({ method: "GET", path, bytesMax: limits.gatewayPageBytesMax }, config, transport);
  if (!reply.ok) return reply;
  const read = Page.safeParse(reply.value.kind === "done" ? reply.value.object : undefined);
  if (!read.success || reply.value.kind !== "done") return err("unreadable");
  return ok({
    text: reply.value.text,
    rows: read.data.transaction_details?.length ?? 0,
    pages: read.data.total_pages,
  });
}
