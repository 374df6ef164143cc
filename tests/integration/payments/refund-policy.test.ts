import { listRefundPolicies } from "@/lib/features/payments/refund-state";
import { refundByPolicy } from "@/lib/flows/refund-by-policy";
import { policyText, saveRefundPolicy } from "@/lib/flows/save-refund-policy";
import { newId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { ADMIN, refundDesk } from "@/tests/support/refund-desk";
import { tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const ASKS = { double: "ask", noStock: "owe", cap: null } as const;

describe("what a shop gives back by itself", () => {
  const desk = refundDesk();
  let merchantId: string;
  test.beforeAll(async () => {
    merchantId = (await desk.shop.rows<{ id: string }>("SELECT id FROM merchant"))[0]?.id as string;
  });

  const save = (policy: Parameters<typeof saveRefundPolicy>[2]) => saveRefundPolicy(desk.shop.deps, ADMIN, policy);
  async function twice() {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: `second of ${order.id}` });
    return order;
  }
  const byItself = async () =>
    (await desk.shop.rows<{ n: number }>("SELECT count(*)::int AS n FROM refund WHERE requested_by_kind = 'system'"))[0]
      ?.n;

  test("never more in a day than its limit, however many processes look; the rest waits for a person", async () => {
    const orders = [await twice(), await twice(), await twice()];
    expect(await save({ merchantId, double: "refund", noStock: "owe", cap: money(2500n, "CNY") })).toMatchObject({
      ok: true,
    });
    for (let round = 0; round < 3; round++)
      await Promise.all([refundByPolicy(desk.shop.deps), refundByPolicy(desk.other)]);
    expect(await byItself()).toBe(2);
    await desk.drive();
    const states = await Promise.all(orders.map(async (order) => (await desk.findingsOf(order))[0]?.status ?? ""));
    expect(tally(states)).toEqual({ resolved: 2, open: 1 });
    const [policy] = await listRefundPolicies(desk.shop.deps, ADMIN);
    expect(policy).toMatchObject({ double: "refund", capMinor: 2500n, capCurrency: "CNY", todayMinor: 2000n });
    expect(await save({ merchantId, double: "refund", noStock: "owe", cap: money(9_000_000n, "USDT") })).toMatchObject({
      ok: true,
    });
    expect(await refundByPolicy(desk.shop.deps)).toBe(0);
    expect(await save({ merchantId, double: "refund", noStock: "owe", cap: null })).toMatchObject({ ok: true });
    expect(await refundByPolicy(desk.shop.deps)).toBe(1);
    await desk.drive();
    expect(await save({ merchantId, ...ASKS })).toMatchObject({ ok: true });
  });

  test("of two admins with the same form open, the second saves nothing and hears so; others may neither save nor see", async () => {
    const seen = policyText(ASKS);
    const answers = await Promise.all(
      (["ask", "refund"] as const).map((double) =>
        saveRefundPolicy(desk.other, ADMIN, { merchantId, double, noStock: "refund", cap: null, seen }),
      ),
    );
    expect(tally(answers.map((one) => (one.ok ? "saved" : one.error)))).toEqual({ saved: 1, conflict: 1 });
    const merchant = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    expect(await saveRefundPolicy(desk.shop.deps, merchant, { merchantId, ...ASKS })).toEqual({
      ok: false,
      error: "not_allowed",
    });
    expect(await listRefundPolicies(desk.shop.deps, merchant)).toEqual([]);
    expect(await save({ ...ASKS, merchantId: newId() })).toEqual({ ok: false, error: "not_found" });
    expect(await save({ merchantId, ...ASKS })).toMatchObject({ ok: true });
  });
});
