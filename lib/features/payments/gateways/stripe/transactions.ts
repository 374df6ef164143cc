import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { StatementPage, StatementWindow, UnknownReason } from "../port";
import type { Transport } from "../transport";
import { callStripe } from "./call";
import type { StripeConfig } from "./settings";

const Page = z.looseObject({
  object: z.literal("list"),
  has_more: z.boolean(),
  data: z.array(z.looseObject({ id: z.string().min(1).max(255), object: z.literal("balance_transaction") })).max(100),
});

/**
 * Every movement of the account's balance within a time, newest first, a page at a time and as Stripe wrote it; each with its
 * source (charge, refund, dispute, payout), which names our order. Ends at the first page that it cannot have, and begins
 * again behind the cursor of the last one that it had.
 */
export async function* readTransactions(
  { from, to, after = null }: StatementWindow,
  config: StripeConfig,
  transport: Transport,
): AsyncGenerator<Result<StatementPage, UnknownReason>, void> {
  let cursor = after;
  for (let page = 0; page < limits.statementPagesMax; page += 1) {
    const reply = await callStripe(
      {
        method: "GET",
        path: "/v1/balance_transactions",
        fields: [
          ["created[gte]", String(Math.ceil(from / 1_000))],
          ["created[lt]", String(Math.ceil(to / 1_000))],
          ["limit", "100"],
          ["expand[0]", "data.source"],
          ...(cursor === null ? [] : [["starting_after", cursor] as const]),
        ],
        bytesMax: limits.gatewayPageBytesMax,
      },
      config,
      transport,
    );
    if (!reply.ok) return yield reply;
    const read = Page.safeParse(reply.value.kind === "done" ? reply.value.object : undefined);
    if (!read.success || reply.value.kind !== "done") return yield err("unreadable");
    const { data, has_more: hasMore } = read.data;
    // A page that promises more and has nothing to go on from would be asked for ever.
    if (hasMore && data.length === 0) return yield err("unreadable");
    cursor = data.at(-1)?.id ?? cursor;
    yield ok({ text: reply.value.text, rows: data.length, cursor, isLast: !hasMore });
    if (!hasMore) return;
  }
  yield err("gateway_busy");
}
