import type { Db, Tx } from "@/lib/platform/db";

/** What is promised with an order that takes no card when it is placed. */
export interface PromiseDraft {
  readonly kind: "manual" | "presale";
  readonly merchantId: string;
  readonly variantId: string;
  readonly quantity: number;
  readonly dueAt: Date | null;
  readonly dueHours: number | null;
  /** Of a presale: how many pieces may be promised, counted since then. */
  readonly cap: number | null;
  readonly since: Date | null;
  /** What the buyer wrote, sealed. */
  readonly answers: Uint8Array | null;
  readonly keyId: string | null;
}

/**
 * Whether a presale has room for this many more pieces; until the transaction ends nobody else is answered for the same variant. Orders
 * that expired, were cancelled or given back do not count. Late money for one of those may still exceed the cap: money is never refused.
 */
export async function hasRoom(tx: Tx, { variantId, quantity, cap, since }: PromiseDraft): Promise<boolean> {
  if (cap === null) return true;
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${variantId}, 32))::text`;
  const [row] = await tx.$queryRaw<[{ taken: number }]>`
    SELECT coalesce(sum(p.quantity), 0)::int AS taken FROM order_promise p JOIN orders o ON o.id = p.order_id
     WHERE p.variant_id = ${variantId}::uuid AND p.kind = 'presale' AND p.created_at >= ${since}::timestamptz
       AND o.status NOT IN ('expired', 'cancelled', 'refunded') AND NOT (o.status = 'pending' AND o.deadline_at <= clock_timestamp())`;
  return row.taken + quantity <= cap;
}

/** Writes down what was promised, in the transaction that places the order. */
export async function insertPromise(tx: Tx, orderId: string, draft: PromiseDraft): Promise<void> {
  const { kind, merchantId, variantId, quantity, dueAt, dueHours, answers, keyId } = draft;
  await tx.orderPromise.create({
    data: {
      orderId,
      kind,
      merchantId,
      variantId,
      quantity,
      dueAt,
      dueHours,
      keyId,
      answers: answers && Uint8Array.from(answers),
    },
  });
}

/** Until when an order's promise is to be kept, as text for its finding; null for an order without one. */
export async function findDue(tx: Db | Tx, orderId: string): Promise<{ kind: string; dueAt: Date } | null> {
  const [row] = await tx.$queryRaw<{ kind: string; dueAt: Date }[]>`
    SELECT p.kind, coalesce(p.due_at, coalesce(o.paid_at, clock_timestamp()) + make_interval(hours => p.due_hours)) AS "dueAt"
      FROM order_promise p JOIN orders o ON o.id = p.order_id WHERE p.order_id = ${orderId}::uuid`;
  return row ?? null;
}

export interface OverdueOrder {
  readonly orderId: string;
  readonly kind: string;
  readonly dueAt: Date;
}

/** Paid orders whose day has passed, of which no finding says so yet. */
export const findOverdue = (db: Db, limit: number): Promise<OverdueOrder[]> =>
  db.$queryRaw`
    SELECT p.order_id AS "orderId", p.kind, d.due_at AS "dueAt"
      FROM orders o JOIN order_promise p ON p.order_id = o.id
     CROSS JOIN LATERAL (SELECT coalesce(p.due_at, o.paid_at + make_interval(hours => p.due_hours)) AS due_at) d
     WHERE o.owed_at IS NOT NULL AND d.due_at < clock_timestamp()
       AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.kind = 'overdue_order' AND f.subject = o.id::text)
     ORDER BY d.due_at LIMIT ${limit}::int`;
