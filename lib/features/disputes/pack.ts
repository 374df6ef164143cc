import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";
import { networkCode } from "./evidence";
import { listBuyersDisputes, readThread, type ThreadMessage } from "./queries";
import type { DisputeKind } from "./rules";

/** Somebody saw the cards of an order, as it was recorded then. */
export interface PackReveal {
  readonly at: Date;
  readonly by: string;
  readonly network: string | null;
  readonly device: string | null;
  readonly cards: number;
}

/** What the buyer had reported before his bank was asked, with everything that was said. */
export interface PackReport {
  readonly kind: DisputeKind;
  readonly position: number | null;
  readonly messages: readonly ThreadMessage[];
}

/** What a bank is shown beside the evidence of the case itself; for callers that have established who asks. */
export async function readPack(
  db: Db,
  orderId: string,
): Promise<{
  readonly items: readonly { readonly titleZh: string; readonly titleEn: string; readonly quantity: number }[];
  readonly reveals: readonly PackReveal[];
  readonly reports: readonly PackReport[];
}> {
  const items = await db.$queryRaw<{ titleZh: string; titleEn: string; quantity: number }[]>`
    SELECT p.title_zh || ' · ' || v.title_zh AS "titleZh", p.title_en || ' · ' || v.title_en AS "titleEn", l.quantity
      FROM order_line l JOIN variant v ON v.id = l.variant_id JOIN product p ON p.id = v.product_id
     WHERE l.order_id = ${orderId}::uuid ORDER BY l.line`;
  const rows = await db.$queryRaw<
    { at: Date; by: string; addressHash: Uint8Array | null; userAgent: string; cards: number }[]
  >`
    SELECT at, actor_kind AS by, address_hash AS "addressHash", user_agent AS "userAgent", cardinality(card_ids) AS cards FROM reveal_record
     WHERE order_id = ${orderId}::uuid ORDER BY id LIMIT ${limits.disputePackRows}::int`;
  const reveals = rows.map(({ addressHash, userAgent, ...row }) => ({
    ...row,
    network: networkCode(addressHash),
    device: userAgent === "" ? null : userAgent,
  }));
  const reports: PackReport[] = [];
  for (const { id, kind, position } of await listBuyersDisputes({ db }, orderId))
    reports.push({ kind, position, messages: await readThread({ db }, id) });
  return { items, reveals, reports };
}
