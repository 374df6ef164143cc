import { type Bug, chaos, integration, simulation, unit } from "./bug";

const PLACE = "lib/flows/hot/place-statement.ts";
const BATCH = "lib/flows/hot/place-batch.ts";
const STORE = "lib/features/inventory/store.ts";

/** Who gets which card. */
export const stockBugs: readonly Bug[] = [
  {
    name: "drop the status guard",
    breaks: "I1 unique: the pick no longer asks whether a card is still for sale",
    patches: [
      {
        file: PLACE,
        find: "c.pool_id = need.pool_id AND c.status = 'available' AND c.pick >= need.start",
        replace: "c.pool_id = need.pool_id AND c.status <> 'draft' AND c.pick >= need.start",
      },
      { file: PLACE, find: "c.status = m.from_status AND", replace: "" },
    ],
    checks: [integration("orders/place-order")],
  },
  {
    name: "drop the recheck",
    breaks: "I13 no false sold-out: a short pick is believed without counting",
    patches: [{ file: BATCH, find: "if (available >= line.quantity) continue;", replace: "" }],
    checks: [integration("orders/place-order"), integration("orders/place-in-trouble")],
  },
  {
    name: "two orders of a batch share their cards",
    breaks: "I1 unique: slots are counted per order, not per batch",
    patches: [
      {
        file: PLACE,
        find: "l.pool_id ORDER BY j.scope, j.request_key) AS hi",
        replace: "l.pool_id, l.order_id) AS hi",
      },
    ],
    checks: [integration("orders/place-order"), simulation],
  },
  {
    name: "take part of an order",
    breaks: "I2 complete: an order that does not fit takes what there is",
    patches: [{ file: PLACE, find: "HAVING bool_and(w.hi <= coalesce(f.quantity, 0))),\nslot", replace: "),\nslot" }],
    checks: [integration("orders/place-order")],
  },
  {
    name: "untargeted ON CONFLICT",
    breaks: "I21 idempotency: any collision is taken for the same request",
    patches: [{ file: PLACE, find: "ON CONFLICT (scope, request_key) DO NOTHING", replace: "ON CONFLICT DO NOTHING" }],
    checks: [integration("orders/order-number")],
  },
  {
    name: "session state leaks on a pooled connection",
    breaks: "L: the lock on a variant's stock outlives the transaction that took it",
    patches: [
      {
        file: STORE,
        find: "SELECT pg_advisory_xact_lock(hashtextextended",
        replace: "SELECT pg_advisory_lock(hashtextextended",
      },
    ],
    checks: [integration("payments/settle-payment"), simulation],
  },
  {
    name: "Redis as the truth",
    breaks: "I20 Redis-free: a counter in Redis decides what is sold out",
    patches: [
      {
        file: BATCH,
        find: "  const answer = await batchesOf(deps).ask(draft);",
        replace: `  const counted = stockPlaceOf(draft.lines[0] as PlaceLine);
  if (deps.redis) {
    const key = "kapu:stock:" + placeKey(counted);
    const seeded = await deps.redis.exists(key).catch(() => 0);
    if (!seeded) await deps.redis.set(key, await countAvailable(deps.db, counted, 1_000_000)).catch(() => {});
    const left = await deps.redis.decrby(key, draft.row.quantity).catch(() => 0);
    if (left < 0) return { verdict: "insufficient_stock" };
  }
  const answer = await batchesOf(deps).ask(draft);`,
      },
    ],
    checks: [chaos(3, "redis:flushed", "redis:lying")],
  },
  {
    name: "sold out is remembered for good",
    breaks: "I13 no false sold-out: new cards do not end the latch",
    patches: [
      { file: "lib/kernel/limits/inventory.ts", find: "soldOutLatchMs: 200", replace: "soldOutLatchMs: 3_600_000" },
      {
        file: "lib/features/inventory/sold-out-latch.ts",
        find: "if (key.startsWith(variantId)) latches.delete(key);",
        replace: "void key;",
      },
    ],
    checks: [unit("inventory/sold-out-latch"), integration("orders/place-order"), simulation],
  },
  {
    name: "the application's clock makes deadlines",
    breaks: "I15 time: a process whose clock is wrong expires orders early",
    patches: [
      {
        file: PLACE,
        find: "return hot.$queryRawUnsafe<PlaceAnswer[]>(PLACE_SQL,",
        replace:
          "return hot.$queryRawUnsafe<PlaceAnswer[]>(PLACE_SQL.replace(\"date_trunc('milliseconds', clock_timestamp()) AS at\", `to_timestamp(${Math.floor(Date.now() / 1000)}) AS at`),",
      },
    ],
    checks: [chaos(5, "clock:+2h", "clock:-2h")],
  },
  {
    name: "expire early",
    breaks: "I15 time: the sweeper closes orders before their deadline",
    patches: [
      {
        file: "lib/flows/expire-orders.ts",
        find: "clock_timestamp() - make_interval(secs => ${limits.releaseGraceSeconds}::int)",
        replace: "clock_timestamp() + make_interval(secs => ${limits.releaseGraceSeconds * 60}::int)",
      },
    ],
    checks: [simulation, integration("payments/settle-payment")],
  },
  {
    name: "release without a guard",
    breaks: "I1 unique: cards go back on sale whoever holds them now",
    patches: [
      {
        file: "lib/flows/release-orders.ts",
        find: "WHERE c.id = f.card_id AND c.order_id = f.order_id AND c.status = 'reserved' RETURNING c.id",
        replace: "WHERE c.id = f.card_id RETURNING c.id",
      },
      {
        file: "lib/flows/release-orders.ts",
        find: "AND status = 'pending'),\n    closed AS",
        replace: "),\n    closed AS",
      },
      {
        file: "lib/flows/release-orders.ts",
        find: "WHERE o.id = b.id AND o.status = 'pending' RETURNING",
        replace: "WHERE o.id = b.id RETURNING",
      },
      {
        file: "lib/flows/expire-orders.ts",
        find: "AND status = 'pending' ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
        replace: "ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
      },
    ],
    checks: [integration("orders/release-orders"), integration("payments/settle-payment"), simulation],
  },
  {
    name: "a new buyer overtakes a paid one",
    breaks: "the promise to owed orders: new cards are offered before debts are paid",
    patches: [
      {
        file: "lib/flows/publish-batch.ts",
        find: "  if (published > 0) await serveOwedOrders(tx, batch);\n",
        replace: "",
      },
    ],
    checks: [integration("payments/settle-payment")],
  },
  {
    name: "somebody is declared owed while cards go on sale",
    breaks: "the promise to owed orders: who is owed a card waits beside cards on sale",
    patches: [
      {
        file: "lib/flows/publish-batch.ts",
        find: "  await shareStock(tx, batch.variantId);\n",
        replace: "",
      },
    ],
    checks: [integration("payments/owed-orders")],
  },
  {
    name: "the last to pay is served first",
    breaks: "the promise to owed orders: order of payment",
    patches: [
      { file: "lib/flows/offer-cards.ts", find: "ORDER BY d.since, d.id", replace: "ORDER BY d.since DESC, d.id" },
    ],
    checks: [integration("payments/settle-payment")],
  },
];
