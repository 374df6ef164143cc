import { placeOrder } from "@/lib/flows/place-order";
import { closeDeps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import { openDeps, openShop, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("placing orders", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  const outcome = async (promise: ReturnType<typeof placeOrder>) => {
    const result = await promise;
    return result.ok ? "placed" : result.error;
  };

  test("100 buyers race for 10 cards: 10 win, 90 hear sold out, none is shared", async () => {
    const { variantId } = await shop.stock({ cards: 10 });
    const results = await Promise.all(
      Array.from({ length: 100 }, () => outcome(placeOrder(shop.deps, shop.order(variantId)))),
    );
    expect(tally(results)).toEqual({ placed: 10, insufficient_stock: 90 });
    const rows = await shop.rows<{ n: number; orders: number }>(
      "SELECT count(*)::int AS n, count(DISTINCT order_id)::int AS orders FROM card WHERE variant_id = $1 AND status = 'reserved'",
      [variantId],
    );
    expect(rows[0]).toEqual({ n: 10, orders: 10 });
  });

  test("a client that lost the answer to the last card and asks again gets its order, not sold out", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const request = shop.order(variantId);
    const first = await placeOrder(shop.deps, request);
    expect(await outcome(placeOrder(shop.deps, shop.order(variantId)))).toBe("insufficient_stock");
    const again = await placeOrder(shop.deps, request);
    expect(first.ok && again.ok).toBe(true);
    if (!first.ok || !again.ok) return;
    expect({ ...again.value, token: again.value.token.reveal(), isReplay: false }).toEqual({
      ...first.value,
      token: first.value.token.reveal(),
    });
    expect(again.value.isReplay).toBe(true);
  });

  test("the same key with other words is a conflict and changes nothing", async () => {
    const { variantId } = await shop.stock({ cards: 5 });
    const request = shop.order(variantId);
    await placeOrder(shop.deps, request);
    expect(await outcome(placeOrder(shop.deps, { ...request, lines: [{ variantId, quantity: 2 }] }))).toBe(
      "idempotency_conflict",
    );
    const rows = await shop.rows<{ n: number }>(
      "SELECT count(*)::int AS n FROM card WHERE variant_id = $1 AND status = 'available'",
      [variantId],
    );
    expect(rows[0]?.n).toBe(4);
  });

  test("one key asked 50 times at once in two processes makes one order", async () => {
    const { variantId } = await shop.stock({ cards: 60 });
    const other = openDeps(shop.urls);
    const request = shop.order(variantId);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => placeOrder(n % 2 ? shop.deps : other, request)),
    );
    await closeDeps(other);
    expect(new Set(answers.map((answer) => (answer.ok ? answer.value.id : answer.error))).size).toBe(1);
    const rows = await shop.rows<{ n: number }>(
      "SELECT count(*)::int AS n FROM card WHERE variant_id = $1 AND status = 'reserved'",
      [variantId],
    );
    expect(rows[0]?.n).toBe(1);
  });

  test("crossed keys in two processes never deadlock, and each key makes one order", async () => {
    const { variantId } = await shop.stock({ cards: 400 });
    const other = openDeps(shop.urls);
    const requests = Array.from({ length: 100 }, () => shop.order(variantId));
    const before = await deadlocks();
    const ask = (deps: typeof other, list: typeof requests) => list.map((request) => placeOrder(deps, request));
    const answers = await Promise.all([...ask(shop.deps, requests), ...ask(other, requests.toReversed())]);
    await closeDeps(other);
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect(new Set(answers.map((answer) => answer.ok && answer.value.id)).size).toBe(100);
    expect(await deadlocks()).toBe(before);
  });

  async function deadlocks(): Promise<number> {
    const rows = await shop.rows<{ n: number }>(
      "SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()",
    );
    return rows[0]?.n ?? -1;
  }

  test("a poison row spoils its own answer only", async () => {
    const { variantId } = await shop.stock({ cards: 20 });
    // A NUL byte is a text that Postgres cannot hold: the whole batch fails, and each order is run again alone.
    const poison = shop.order(variantId, { email: "poison\u0000@example.com" });
    const settled = await Promise.allSettled(
      [...Array.from({ length: 10 }, () => shop.order(variantId)), poison].map((request) =>
        placeOrder(shop.deps, request),
      ),
    );
    expect(settled.slice(0, 10).every((answer) => answer.status === "fulfilled" && answer.value.ok)).toBe(true);
    expect(settled[10]?.status).toBe("rejected");
  });

  test("an order of 5,000 is placed whole, and 5,001 cards do not make two of them", async () => {
    const { variantId } = await shop.stock({ cards: 5001, quantityMax: 5000 });
    const first = await shop.place(variantId, { quantity: 5000 });
    expect(await outcome(placeOrder(shop.deps, shop.order(variantId, { quantity: 5000 })))).toBe("insufficient_stock");
    const rows = await shop.rows<{ n: number }>("SELECT cardinality(card_ids) AS n FROM orders WHERE id = $1", [
      first.id,
    ]);
    expect(rows[0]?.n).toBe(5000);
  });

  test("a wish for more than there is takes nothing and stops nobody else of its batch", async () => {
    const { variantId } = await shop.stock({ cards: 100 });
    const wishes = [60, 60, 1, 1, 1, 30].map((quantity) =>
      outcome(placeOrder(shop.deps, shop.order(variantId, { quantity }))),
    );
    expect(tally(await Promise.all(wishes))).toEqual({ placed: 5, insufficient_stock: 1 });
  });

  test("a price that changed after it was read is asked again, so nobody pays an old price", async () => {
    const { variantId } = await shop.stock({ cards: 5, priceMinor: 1000n });
    expect((await shop.place(variantId)).totalMinor).toBe(1000n);
    await shop.rows("UPDATE variant SET price_minor = 1500 WHERE id = $1", [variantId]);
    expect((await shop.place(variantId)).totalMinor).toBe(1500n);
  });

  test("wholesale tiers price the whole quantity at the tier it reaches", async () => {
    const { variantId } = await shop.stock({
      cards: 30,
      priceMinor: 1000n,
      tiers: [
        { quantityMin: 10, unitPriceMinor: 900n },
        { quantityMin: 20, unitPriceMinor: 800n },
      ],
    });
    expect((await shop.place(variantId, { quantity: 9 })).totalMinor).toBe(9000n);
    expect((await shop.place(variantId, { quantity: 10 })).totalMinor).toBe(9000n);
  });

  test("three holders that roll back do not make a buyer hear a false sold out", async ({ database }) => {
    const { variantId } = await shop.stock({ cards: 3 });
    const { Client } = (await import("pg")).default;
    const holder = new Client({ connectionString: database.owner });
    await holder.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT id FROM card WHERE variant_id = $1 FOR UPDATE", [variantId]);
    const waiting = placeOrder(shop.deps, shop.order(variantId, { quantity: 3 }));
    await new Promise((wake) => setTimeout(wake, 100));
    await holder.query("ROLLBACK");
    await holder.end();
    expect((await waiting).ok).toBe(true);
  });

  test("a buyer holds at most 20 open orders, and beyond the first at most a quarter of the stock", async () => {
    const email = "squatter@example.com";
    const many = await shop.stock({ cards: 1000 });
    const answers: string[] = [];
    for (let n = 0; n < 22; n++)
      answers.push(await outcome(placeOrder(shop.deps, shop.order(many.variantId, { email }))));
    expect(tally(answers)).toEqual({ placed: 20, rate_limited: 2 });
    const few = await shop.stock({ cards: 100 });
    const greedy = { email: "greedy@example.com" };
    expect(await outcome(placeOrder(shop.deps, shop.order(few.variantId, { ...greedy, quantity: 50 })))).toBe("placed");
    expect(await outcome(placeOrder(shop.deps, shop.order(few.variantId, { ...greedy, quantity: 26 })))).toBe(
      "rate_limited",
    );
    expect(await outcome(placeOrder(shop.deps, shop.order(few.variantId, { ...greedy, quantity: 25 })))).toBe("placed");
    expect(await outcome(placeOrder(shop.deps, shop.order(few.variantId, greedy)))).toBe("rate_limited");
  });

  test("what is not for sale is refused by name and leaves its key unused", async () => {
    const { variantId, productId } = await shop.stock({ cards: 5 });
    const request = shop.order(variantId, { quantity: 101 });
    expect(await outcome(placeOrder(shop.deps, request))).toBe("quantity_out_of_range");
    expect(
      await outcome(
        placeOrder(shop.deps, {
          ...request,
          lines: [{ variantId: "00000000-0000-7000-8000-000000000000", quantity: 1 }],
        }),
      ),
    ).toBe("not_found");
    expect(
      await outcome(placeOrder(shop.deps, { ...request, accountId: "nobody", lines: [{ variantId, quantity: 1 }] })),
    ).toBe("gateway_unavailable");
    expect(await outcome(placeOrder(shop.deps, { ...request, lines: [{ variantId, quantity: 1 }] }))).toBe("placed");
    await shop.rows("UPDATE product SET halted_at = now(), halted_reason = 'test' WHERE id = $1", [productId]);
    await new Promise((wake) => setTimeout(wake, 1_100));
    expect(await outcome(placeOrder(shop.deps, shop.order(variantId)))).toBe("not_for_sale");
  });
});
