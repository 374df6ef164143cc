import { type BuyerField, readBuyerFields } from "@/lib/kernel/buyer-fields";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Deps } from "@/lib/platform/deps";
import { openAnswers } from "./answers";

/** What an order was promised, as its merchant sees it. */
export interface PromisePage {
  readonly kind: "manual" | "presale";
  readonly variantId: string;
  readonly dueAt: Date | null;
  readonly isOverdue: boolean;
  readonly isWaiting: boolean;
  /** How many pieces are still to be delivered. */
  readonly lacking: number;
  /** What the buyer wrote, with what he was asked. */
  readonly answers: readonly { readonly field: BuyerField; readonly text: string }[];
}

interface Row extends Omit<PromisePage, "answers"> {
  readonly answers: Uint8Array | null;
  readonly fields: unknown;
}

/** The promise of an order of the viewer's, or null when it has none. What the buyer wrote is opened for its merchant alone. */
export async function findPromisePage(
  { db, keys }: Pick<Deps, "db" | "keys">,
  viewer: Viewer,
  orderId: string,
): Promise<PromisePage | null> {
  const scope = merchantScope(viewer);
  const [row] = await db.$queryRaw<Row[]>`
    SELECT p.kind, p.variant_id AS "variantId", d.due_at AS "dueAt", o.owed_at IS NOT NULL AS "isWaiting",
           o.owed_at IS NOT NULL AND d.due_at < clock_timestamp() AS "isOverdue", o.quantity - cardinality(o.card_ids) AS lacking,
           p.answers, v.buyer_fields AS fields
      FROM order_promise p JOIN orders o ON o.id = p.order_id JOIN variant v ON v.id = p.variant_id
     CROSS JOIN LATERAL (SELECT coalesce(p.due_at, o.paid_at + make_interval(hours => p.due_hours)) AS due_at) d
     WHERE p.order_id = ${orderId}::uuid AND (${scope}::uuid IS NULL OR p.merchant_id = ${scope}::uuid)`;
  if (!row) return null;
  const { answers: sealed, fields, ...page } = row;
  if (!sealed || viewer.kind !== "merchant") return { ...page, answers: [] };
  const texts = openAnswers(keys, orderId, sealed);
  // Fields may have been asked differently since: what was answered is shown under its key then.
  const known = new Map(readBuyerFields(fields).map((field) => [field.key, field]));
  const answers = Object.entries(texts).map(([key, text]) => ({
    field: known.get(key) ?? { key, zh: key, en: key, isRequired: false },
    text,
  }));
  return { ...page, answers };
}
