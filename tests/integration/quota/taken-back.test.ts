import { cancelRefund } from "@/lib/flows/cancel-refund";
import { replaceCard } from "@/lib/flows/replace-card";
import { requestRefund } from "@/lib/flows/request-refund";
import { spendQuota } from "@/lib/flows/spend-quota";
import { newId } from "@/lib/kernel/id";
import { Secret } from "@/lib/kernel/secret";
import type { Deps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { expectInvariants } from "@/tests/support/invariants";
import { openQuotaShop, type QuotaShop, shownOf } from "@/tests/support/quota";
import { ADMIN, openRefundDesk, type RefundDesk } from "@/tests/support/refund-desk";
import { tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("a key that is taken from its buyer", () => {
  let desk: RefundDesk;
  let quota: QuotaShop;
  test.beforeAll(async ({ database }) => {
    desk = await openRefundDesk(database);
    quota = await openQuotaShop(desk.shop, async ({ variantId }, quantity) => {
      const order = await desk.shop.place(variantId, { accountId: desk.paper.id, quantity });
      await desk.pay(order, desk.paper, { amountMinor: order.totalMinor });
      return order;
    });
  });
  test.beforeEach(() => desk.calm());
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => desk.close());

  const spend = async (key: string, callId: string, deps: Deps = desk.shop.deps) =>
    (await spendQuota(deps, { key: new Secret(key), callId, uses: 1 })).verdict;
  const usedOf = async ({ id }: { id: string }) => {
    const [row] = await desk.shop.rows<{ used: number }>(
      "SELECT sum(q.used)::int AS used FROM quota q JOIN card c ON c.id = q.card_id WHERE c.order_id = $1",
      [id],
    );
    return row?.used;
  };
  const giveBack = async (order: { id: string }) =>
    requestRefund(
      desk.shop.deps,
      ADMIN,
      await desk.command(order, { method: "by_hand", outsideReference: `DESK-${order.id}` }),
    );
  const replace = (orderId: string) =>
    replaceCard(desk.shop.deps, ADMIN, {
      ...{ replacementId: newId(), orderId, position: 1, reason: "invalid", note: "", seen: 0, isGoodwill: true },
    });

  test("by a refund is spent no more, used before or not, and its old calls are answered no more", async () => {
    const { order, keys } = await quota.sell({ uses: 9, quantity: 2 });
    const [begun, fresh] = keys as [string, string];
    expect(await spend(begun, "before-it")).toBe("spent");
    expect(await giveBack(order)).toMatchObject({ ok: true });
    expect(await desk.stateOf(order)).toBe("refunded none");
    for (const callId of ["before-it", "after-it"]) expect(await spend(begun, callId)).toBe("not_found");
    expect(await spend(fresh, "after-it")).toBe("not_found");
    expect(await usedOf(order)).toBe(1);
  });

  test("by a replacement is spent no more, and the new one is; another key of the order goes on", async () => {
    const { order, keys } = await quota.sell({ uses: 9, quantity: 2, spare: 1 });
    const [old, other] = keys as [string, string];
    for (const key of keys) expect(await spend(key, "before-it")).toBe("spent");
    expect(await replace(order.id)).toEqual({ ok: true, value: { status: "done" } });
    const [young] = (await shownOf(desk.shop, order.id)) as [string];
    expect(young).not.toBe(old);
    expect(await spend(old, "after-it")).toBe("not_found");
    expect(await spend(young, "after-it")).toBe("spent");
    expect(await spend(other, "after-it")).toBe("spent");
  });

  test("for a refund that then is called off is closed meanwhile, and open again after it", async () => {
    const { order, keys } = await quota.sell({ uses: 9 });
    const [key] = keys as [string];
    expect(await spend(key, "before-it")).toBe("spent");
    const refund = await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    expect(await spend(key, "meanwhile")).toBe("not_found");
    const refundId = refund.ok ? refund.value.id : "";
    expect((await cancelRefund(desk.shop.deps, ADMIN, { refundId, reason: "changed" })).ok).toBe(true);
    expect(await desk.stateOf(order)).toBe("delivered none");
    expect(await spend(key, "meanwhile")).toBe("spent");
    expect(await spend(key, "before-it")).toBe("replayed");
  });

  test("at the very moment of a crowd's calls: what was spent was spent before it, and nothing after it", async () => {
    for (const isBegun of [true, false]) {
      const { order, keys } = await quota.sell({ uses: 1_000 });
      const [key] = keys as [string];
      if (isBegun) await spend(key, "beginning");
      let isOver = false;
      let said = 0;
      const crowd = Array.from({ length: 16 }, async (_, caller) => {
        for (let n = 0; !isOver; n++) {
          const verdict = await spend(key, `caller-${caller}-${n}`, caller % 2 ? desk.shop.deps : desk.other);
          if (verdict === "spent") said += 1;
          else return verdict;
        }
        return "never closed";
      });
      await new Promise((wake) => setTimeout(wake, isBegun ? 30 : 0));
      const refunded = await giveBack(order);
      const usedThen = await usedOf(order);
      // Whoever calls from here on hears that there is nothing, at once.
      expect(await spend(key, "behind-it")).toBe("not_found");
      expect(refunded.ok).toBe(true);
      const ends = await Promise.all(crowd);
      isOver = true;
      expect(tally(ends)).toEqual({ not_found: 16 });
      expect(await usedOf(order)).toBe(usedThen);
      expect(usedThen).toBe(said + (isBegun ? 1 : 0));
    }
  });

  test("waits for whoever is taking it: a first use behind a refund that has begun is refused when that is through, and goes on when it is not", async ({
    database,
  }) => {
    for (const [end, verdict] of [
      ["COMMIT", "not_found"],
      ["ROLLBACK", "spent"],
    ] as const) {
      const { order, keys } = await quota.sell({ uses: 9, quantity: 1 });
      const [key] = keys as [string];
      await withClient(database.owner, async (taker) => {
        await taker.query("BEGIN");
        await taker.query("UPDATE orders SET status = 'refunding' WHERE id = $1", [order.id]);
        const asked = spend(key, "behind-him");
        await new Promise((wake) => setTimeout(wake, 100));
        await taker.query(end);
        expect(await asked).toBe(verdict);
      });
      if (end === "ROLLBACK") continue;
      // What the rules know of a refund is not written by hand: the order goes back to what it was.
      await desk.shop.rows("UPDATE orders SET status = 'delivered' WHERE id = $1", [order.id]);
      expect(await spend(key, "behind-him")).toBe("spent");
    }
  });
});
