import { fillOwedOrders } from "@/lib/flows/fill-owed-orders";
import { placeOrder } from "@/lib/flows/place-order";
import type { Deps } from "@/lib/platform/deps";
import { onBatch } from "@/lib/platform/measures";
import { isPassing } from "@/lib/platform/outage";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { scriptOf } from "./script";
import { type Bought, World } from "./world";

/**
 * Buyers, a gateway, a merchant and the sweeper do what a seed says, at once and in two processes, partly over lines that
 * lose answers. After every burst the books are audited and every client gets what it was told. A failure prints its seed:
 * `KAPU_SIMULATION_SEEDS=<seed> npx vitest run --project simulation` runs it again, and `KAPU_SIMULATION_RUNS=100` runs many.
 */
const RUNS = Number(process.env.KAPU_SIMULATION_RUNS ?? 0);
const BURSTS = Number(process.env.KAPU_SIMULATION_BURSTS ?? 10);
const SEEDS =
  process.env.KAPU_SIMULATION_SEEDS?.split(",").map(Number) ??
  (RUNS > 0 ? Array.from({ length: RUNS }, () => Math.floor(Math.random() * 2 ** 31)) : [1, 20260115, 314159]);

interface OrderRow {
  readonly status: string;
  readonly exception: string;
  readonly payments: number;
  readonly isOwed: boolean;
}

/** What an order must look like after everything its clients were told "success" about. */
function expectAsPaid(one: Bought, row: OrderRow): void {
  const { totalMinor } = one.order;
  const amounts = [...one.paid.values()];
  const about = `${one.order.number}: ${JSON.stringify(row)} after payments of ${amounts.join(", ") || "nothing"}`;
  expect(row.payments, about).toBe(amounts.length);
  if (!amounts.includes(totalMinor)) {
    expect(["pending", "expired", "cancelled"], about).toContain(row.status);
    const sum = amounts.reduce((left, right) => left + right, 0n);
    expect(row.exception, about).toBe(amounts.length === 0 ? "none" : sum > totalMinor ? "overpaid" : "underpaid");
    return;
  }
  expect(row.status, about).toBe(row.isOwed ? "paid" : "delivered");
  if (amounts.length > 1) expect(row.exception, about).toBe("double_paid");
  else expect(row.isOwed ? ["owed"] : ["none", "paid_late"], about).toContain(row.exception);
}

async function expectPromises(world: World): Promise<void> {
  const { shop, bought } = world;
  expect(world.wrongs).toEqual([]);
  const rows = await shop.rows<OrderRow & { id: string }>(
    `SELECT id, status, exception, payment_count AS payments, owed_at IS NOT NULL AS "isOwed" FROM orders WHERE id = ANY ($1)`,
    [bought.map(({ order }) => order.id)],
  );
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  for (const one of bought) {
    const row = rowOf.get(one.order.id);
    expect(row, `${one.order.number} was acknowledged`).toBeDefined();
    if (row && !one.isUncertain) expectAsPaid(one, row);
  }
}

/** At rest: no paid order waits while its cards lie there, and whoever comes gets what is there. */
async function expectServed(world: World): Promise<void> {
  const [deps] = world.processes as [Deps];
  await fillOwedOrders(deps);
  for (const { variantId } of world.variants) {
    const [row] = await world.shop.rows<{ available: number; lacking: number }>(
      `SELECT (SELECT count(*)::int FROM card WHERE variant_id = $1 AND status = 'available') AS available,
              (SELECT coalesce(sum(l.quantity - (SELECT count(*) FROM card c WHERE c.order_id = o.id AND c.variant_id = $1)), 0)::int
                 FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.owed_at IS NOT NULL AND l.variant_id = $1) AS lacking`,
      [variantId],
    );
    const { available, lacking } = row as { available: number; lacking: number };
    expect(Math.min(available, lacking), `${lacking} owed while ${available} lie there`).toBe(0);
    const probe = await placeOrder(deps, { ...world.shop.order(variantId), requestKey: `probe-${Math.random()}` });
    expect(probe.ok ? "placed" : probe.error).toBe(available > 0 ? "placed" : "insufficient_stock");
    if (probe.ok) await world.shop.lapse(probe.value.id, 40);
  }
}

describe("a shop in which everything happens at once", () => {
  test.for(SEEDS)(
    "seed %i: the books add up and every client gets what it was told",
    { timeout: 300_000 },
    async (seed, { database }) => {
      const shop = await openShop(database);
      const world = await World.open(shop);
      const failures: string[] = [];
      const stopListening = onBatch((name, { error }) => {
        if (error !== undefined && !isPassing(error)) failures.push(`${name}: ${String(error)}`);
      });
      try {
        for (const burst of scriptOf(seed, BURSTS)) {
          await world.run(burst);
          await expectPromises(world);
          await expectInvariants(database);
        }
        await expectServed(world);
        for (const one of world.bought) await world.reveal(shop.deps, one);
        await expectPromises(world);
        await expectInvariants(database);
        expect(failures).toEqual([]);
      } catch (error) {
        console.error(
          `KAPU_SIMULATION_SEEDS=${seed} KAPU_SIMULATION_BURSTS=${BURSTS} npx vitest run --project simulation`,
        );
        throw error;
      } finally {
        stopListening();
        await world.close();
        await shop.close();
      }
    },
  );
});
