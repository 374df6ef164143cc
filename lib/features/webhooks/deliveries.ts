import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { type Db, inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { DeliveryListQuery } from "./schema";

/** An event of the outbox as the drainer has it. */
export interface DrainedEvent {
  readonly id: bigint;
  readonly kind: string;
  readonly orderId: string;
}

/**
 * One waiting delivery for each event and each active address of its merchant that wants it, in the transaction that marks
 * the event as drained: an event is told if and only if it happened, and however often it is drained, once. Returns how many.
 */
export function queueDeliveries(tx: Tx, events: readonly DrainedEvent[]): Promise<number> {
  if (events.length === 0) return Promise.resolve(0);
  return tx.$executeRaw`
    INSERT INTO webhook_delivery (id, endpoint_id, merchant_id, message_id, outbox_id, kind, order_id, happened_at)
    SELECT gen_random_uuid(), w.id, o.merchant_id, gen_random_uuid(), e.id, e.kind, o.id, x.created_at
      FROM unnest(${events.map(({ id }) => id)}::bigint[], ${events.map(({ kind }) => kind)}::text[],
                  ${events.map(({ orderId }) => orderId)}::uuid[]) AS e (id, kind, order_id)
      JOIN outbox x ON x.id = e.id
      JOIN orders o ON o.id = e.order_id
      JOIN webhook_endpoint w ON w.merchant_id = o.merchant_id AND w.status = 'active' AND e.kind = ANY (w.kinds)
    ON CONFLICT (endpoint_id, outbox_id) WHERE outbox_id IS NOT NULL DO NOTHING`;
}

/** A variant whose stock has crossed a bound. */
export interface StockCrossing {
  readonly variantId: string;
  readonly merchantId: string;
  readonly kind: "stock.low" | "stock.filled_up";
}

/** The same for crossings of stock, in the transaction that found them: each is found once, and so told once. Returns how many. */
export function queueStockDeliveries(tx: Tx, crossings: readonly StockCrossing[]): Promise<number> {
  if (crossings.length === 0) return Promise.resolve(0);
  return tx.$executeRaw`
    INSERT INTO webhook_delivery (id, endpoint_id, merchant_id, message_id, kind, variant_id, happened_at)
    SELECT gen_random_uuid(), w.id, c.merchant_id, gen_random_uuid(), c.kind, c.variant_id, date_trunc('milliseconds', clock_timestamp())
      FROM unnest(${crossings.map(({ variantId }) => variantId)}::uuid[], ${crossings.map(({ merchantId }) => merchantId)}::uuid[],
                  ${crossings.map(({ kind }) => kind)}::text[]) AS c (variant_id, merchant_id, kind)
      JOIN webhook_endpoint w ON w.merchant_id = c.merchant_id AND w.status = 'active' AND c.kind = ANY (w.kinds)`;
}

/** A delivery that is this process's for the length of the lease. */
export interface DueDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly kind: string;
  readonly orderId: string | null;
  readonly variantId: string | null;
  readonly happenedAt: Date;
  /** This one included. */
  readonly attempts: number;
  readonly url: string;
  readonly secretNumber: number;
  readonly previousUntil: Date | null;
}

/**
 * Takes what is due, a few of each address, and leases it: whoever is killed with it leaves it to be taken again when the
 * lease is over. One slow address has at most its few under way, and the others go on.
 */
export const takeDue = ({ db }: { readonly db: Db }): Promise<DueDelivery[]> =>
  db.$queryRaw`
    WITH due AS (
      SELECT d.id FROM webhook_endpoint w
       CROSS JOIN LATERAL (
         SELECT id, next_try_at FROM webhook_delivery
          WHERE endpoint_id = w.id AND state = 'waiting' AND next_try_at <= clock_timestamp()
          ORDER BY next_try_at LIMIT ${limits.webhooksInFlightPerEndpoint}::int) d
       WHERE w.status = 'active'
       ORDER BY d.next_try_at LIMIT ${limits.webhooksPerRun}::int),
    mine AS (SELECT id FROM webhook_delivery WHERE id IN (SELECT id FROM due) AND next_try_at <= clock_timestamp() FOR UPDATE SKIP LOCKED),
    taken AS (
      UPDATE webhook_delivery SET attempts = attempts + 1, next_try_at = clock_timestamp() + make_interval(secs => ${limits.webhookLeaseSeconds}::int)
       WHERE id IN (SELECT id FROM mine) RETURNING *)
    SELECT t.id, t.endpoint_id AS "endpointId", t.message_id AS "messageId", t.kind, t.order_id AS "orderId", t.variant_id AS "variantId",
           t.happened_at AS "happenedAt", t.attempts, w.url, w.secret_number AS "secretNumber", w.previous_until AS "previousUntil"
      FROM taken t JOIN webhook_endpoint w ON w.id = t.endpoint_id`;

export interface Outcome {
  readonly state: "waiting" | "delivered" | "failed";
  /** Seconds from now; for one that waits. */
  readonly pauseSeconds: number | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly ms: number;
}

/** Writes down how a try went; only of the try that it was, so that a late answer of one whose lease was over changes nothing. */
export const recordOutcome = ({ db }: { readonly db: Db }, { id, attempts }: DueDelivery, outcome: Outcome) =>
  db.$executeRaw`
    UPDATE webhook_delivery
       SET state = ${outcome.state}, last_status = ${outcome.status}::int, last_error = left(${outcome.error}::text, 200), last_ms = ${outcome.ms}::int,
           next_try_at = CASE WHEN ${outcome.state} = 'waiting' THEN clock_timestamp() + make_interval(secs => ${outcome.pauseSeconds ?? 0}::int) END,
           finished_at = CASE WHEN ${outcome.state} <> 'waiting' THEN clock_timestamp() END
     WHERE id = ${id}::uuid AND attempts = ${attempts}::int AND state = 'waiting'`;

/** Tells an event again under the number it had, so that a receiver who has it knows; the first one stays in the log. */
export function replayDelivery(deps: Deps, viewer: Viewer, deliveryId: string): Promise<Result<null, "not_found">> {
  return inTransaction<null, "not_found">(deps.db, async (tx) => {
    const delivery = await tx.webhookDelivery.findFirst({
      where: { id: deliveryId, endpoint: { status: "active" }, ...ownedBy(viewer) },
    });
    if (!delivery) return err("not_found");
    const { endpointId, merchantId, messageId, kind, orderId, variantId, happenedAt } = delivery;
    const id = newId();
    await tx.webhookDelivery.create({
      data: { id, endpointId, merchantId, messageId, kind, orderId, variantId, happenedAt },
    });
    await recordAudit(tx, {
      actor: viewer,
      action: "webhook.replayed",
      subjectKind: "webhook_delivery",
      subjectId: id,
      merchantId,
      detail: { of: deliveryId, kind },
    });
    return ok(null);
  });
}

/** The viewer's log, the newest first. */
export async function listDeliveries({ db }: { readonly db: Db }, viewer: Viewer, { state, page }: DeliveryListQuery) {
  const size = limits.listRowsPerPage;
  const rows = await db.webhookDelivery.findMany({
    where: { ...ownedBy(viewer), state },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    skip: (page - 1) * size,
    take: size + 1,
    include: { endpoint: { select: { url: true, status: true } } },
  });
  return { rows: rows.slice(0, size), page, hasMore: rows.length > size };
}
export type DeliveryRow = Awaited<ReturnType<typeof listDeliveries>>["rows"][number];
