import { placeOrder } from "@/lib/flows/place-order";
import { systemClock } from "@/lib/kernel/clock";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { isPassing } from "@/lib/platform/outage";
import { withClient } from "@/lib/platform/with-client";
import { openBadLine } from "@/tests/support/bad-line";
import { hearWhileBackendsDie } from "@/tests/support/dying-backends";
import { expectInvariants } from "@/tests/support/invariants";
import { openDeps, openShop, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("placing orders while things break", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterAll(async ({ database }) => {
    await shop.close();
    await expectInvariants(database);
  });

  /** What a client would hear: an order, a refusal, or "unavailable, ask again". */
  async function hear(deps: Deps, request: Parameters<typeof placeOrder>[1]): Promise<string> {
    try {
      const result = await placeOrder(deps, request);
      return result.ok ? `placed ${result.value.id}` : result.error;
    } catch (error) {
      return isPassing(error) ? "unavailable" : `unexpected: ${String(error)}`;
    }
  }
  const heldOf = async (variantId: string) =>
    (
      await shop.rows<{ n: number }>(
        "SELECT count(*)::int AS n FROM card WHERE variant_id = $1 AND status = 'reserved'",
        [variantId],
      )
    )[0]?.n;

  test("an answer that the line lost is read back: the order is there, once", async ({ database }) => {
    const { variantId } = await shop.stock({ cards: 60 });
    const line = await openBadLine(database);
    const deps = openDeps(line.urls);
    expect(await hear(deps, shop.order(variantId))).toMatch(/^placed/);
    const requests = Array.from({ length: 40 }, () => shop.order(variantId));
    const asked = Promise.all(requests.map((request) => hear(deps, request)));
    line.weather = "replies eaten";
    await until(() => line.eaten > 0);
    line.weather = "clear";
    const first = await asked;
    expect(first.filter((answer) => answer.startsWith("unexpected"))).toEqual([]);
    const second = await Promise.all(requests.map((request) => hear(deps, request)));
    expect(second.every((answer) => answer.startsWith("placed"))).toBe(true);
    for (const [n, answer] of first.entries()) if (answer.startsWith("placed")) expect(second[n]).toBe(answer);
    expect(await heldOf(variantId)).toBe(41);
    await closeDeps(deps);
    await line.stop();
  });

  test("backends killed again and again: no false sold out, nothing acknowledged is lost, every key may be asked again", async ({
    database,
  }) => {
    const { variantId } = await shop.stock({ cards: 300 });
    const deps = openDeps(shop.urls);
    const requests = Array.from({ length: 300 }, () => shop.order(variantId));
    const first = await hearWhileBackendsDie(database, requests, (request) => hear(deps, request));
    expect(first.filter((answer) => !/^(placed .*|unavailable)$/.test(answer))).toEqual([]);
    const second = await Promise.all(requests.map((request) => hear(deps, request)));
    expect(second.filter((answer) => !answer.startsWith("placed"))).toEqual([]);
    for (const [n, answer] of first.entries()) if (answer.startsWith("placed")) expect(second[n]).toBe(answer);
    expect(await heldOf(variantId)).toBe(300);
    await closeDeps(deps);
  });

  test("while nobody answers the line, a crowd hears so within seconds, not one after another", async ({
    database,
  }) => {
    const { variantId } = await shop.stock({ cards: 100 });
    const line = await openBadLine(database);
    const deps = openDeps(line.urls);
    expect(await hear(deps, shop.order(variantId))).toMatch(/^placed/);
    line.weather = "black hole";
    line.cut();
    const requests = Array.from({ length: 100 }, () => shop.order(variantId));
    const startedAt = performance.now();
    const answers = await Promise.all(requests.map((request) => hear(deps, request)));
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(tally(answers)).toEqual({ unavailable: 100 });
    line.weather = "clear";
    line.cut();
    const again = await Promise.all(requests.map((request) => hear(deps, request)));
    expect(again.filter((answer) => answer.startsWith("placed"))).toHaveLength(99);
    expect(await heldOf(variantId)).toBe(100);
    await closeDeps(deps);
    await line.stop();
  });

  test("cards that others hold for longer than we wait are not called sold out", async ({ database }) => {
    const { variantId } = await shop.stock({ cards: 3 });
    const request = shop.order(variantId);
    await withClient(database.owner, async (holder) => {
      await holder.query("BEGIN");
      await holder.query("SELECT id FROM card WHERE variant_id = $1 FOR UPDATE", [variantId]);
      expect(await hear(shop.deps, request)).toBe("busy");
      await holder.query("ROLLBACK");
    });
    expect(await hear(shop.deps, request)).toMatch(/^placed/);
  });

  test("a clock that jumps back two hours does not prolong a sold out", async () => {
    const stocked = await shop.stock({ cards: 0 });
    let jumpMs = 0;
    const opened = openDeps(shop.urls);
    const deps = { ...opened, clock: { ...systemClock, now: () => systemClock.now() + jumpMs } };
    expect(await hear(deps, shop.order(stocked.variantId))).toBe("insufficient_stock");
    jumpMs = -2 * 3_600_000;
    // Published by another process, whose word has not come.
    await shop.restock(stocked, 1);
    await new Promise((wake) => setTimeout(wake, 250));
    expect(await hear(deps, shop.order(stocked.variantId))).toMatch(/^placed/);
    await closeDeps(opened);
  });
});

async function until(fact: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!fact()) {
    if (performance.now() > deadline) throw new Error("never happened");
    await new Promise((wake) => setTimeout(wake, 2));
  }
}
