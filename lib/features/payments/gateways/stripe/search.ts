import type { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Pair, UnknownReason } from "../port";
import type { Transport } from "../transport";
import { callStripe } from "./call";
import { listOf } from "./objects";
import type { StripeConfig } from "./settings";

interface Search<Row> {
  /** "/v1/…" */
  readonly path: string;
  readonly fields: readonly Pair[];
  readonly row: z.ZodType<Row>;
  readonly isIt: (row: Row) => boolean;
}

/** Reads a list page by page until the row that is looked for; null when the list has none. */
export async function findInList<Row extends { readonly id: string }>(
  { path, fields, row, isIt }: Search<Row>,
  { config, transport }: { readonly config: StripeConfig; readonly transport: Transport },
): Promise<Result<Row | null, UnknownReason>> {
  let from: readonly Pair[] = [];
  for (let page = 0; page < limits.gatewaySearchPagesMax; page += 1) {
    const reply = await callStripe(
      { method: "GET", path, fields: [...fields, ["limit", "100"], ...from], bytesMax: limits.gatewayPageBytesMax },
      config,
      transport,
    );
    if (!reply.ok) return reply;
    const list = listOf(row).safeParse(reply.value.kind === "done" ? reply.value.object : undefined);
    if (!list.success) return err("unreadable");
    const found = list.data.data.find(isIt);
    if (found) return ok(found);
    const last = list.data.data.at(-1);
    if (!list.data.has_more || !last) return ok(null);
    from = [["starting_after", last.id]];
  }
  return err("gateway_busy");
}
