import { findOrderView } from "@/lib/features/orders/view";
import { renewPayment } from "@/lib/flows/renew-payment";
import { limits } from "@/lib/kernel/limits";
import { expectInvariants } from "@/tests/support/invariants";
import { connectPaper, PaperGateway } from "@/tests/support/paper-gateway";
import { openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("a payment that its gateway refuses", () => {
  const paper = new PaperGateway("paper");
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    await connectPaper(shop, shop.deps, [paper]);
  });
  test.beforeEach(() => {
    paper.before = async () => undefined;
    paper.calls.length = 0;
    paper.refusesToOpen.clear();
    paper.closes = true;
  });
  test.afterAll(async ({ database }) => {
    await shop.close();
    await expectInvariants(database);
  });

  async function placed() {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: "paper" });
    return { id: order.id, attemptId: order.payment.id, number: await numberOf(order.payment.id) };
  }
  type Order = Awaited<ReturnType<typeof placed>>;
  const numberOf = async (attemptId: string): Promise<string> => {
    const [row] = await shop.rows<{ no: string }>("SELECT out_trade_no AS no FROM payment_attempt WHERE id = $1", [
      attemptId,
    ]);
    return row?.no ?? "";
  };
  const renew = ({ id, attemptId }: Order) => renewPayment(shop.deps, { orderId: id, attemptId });
  const attempts = async ({ id }: Order) => (await findOrderView(shop.deps, id))?.payments.length;

  test("is begun anew with another number, and the first one can be paid no more", async () => {
    const order = await placed();
    paper.refusesToOpen.add(order.number);
    const renewed = await renew(order);
    expect(renewed).toMatchObject({ ok: true, value: { kind: "qrcode", accountId: "paper" } });
    if (renewed.ok) expect(renewed.value.id).not.toBe(order.attemptId);
    expect(paper.calls).toContain(`query ${order.number}`);
  });

  test("is begun once, however often and from however many tabs the buyer presses", async () => {
    const order = await placed();
    paper.refusesToOpen.add(order.number);
    const answers = await Promise.all([renew(order), renew(order), renew(order)]);
    expect(new Set(answers.map((answer) => answer.ok && answer.value.id)).size).toBe(1);
    expect(await attempts(order)).toBe(2);
  });

  test("stays the only one while the gateway would still take money for it", async () => {
    const order = await placed();
    paper.trades.set(order.number, { amountMinor: 1000n, paidAs: null, isClosed: false, refunds: new Map() });
    paper.refusesToOpen.add(order.number);
    paper.closes = false;
    await connectPaper(shop, shop.deps, [paper]);
    expect(await renew(order)).toEqual({ ok: false, error: "gateway_refused" });
    expect(await attempts(order)).toBe(1);
    paper.closes = true;
    await connectPaper(shop, shop.deps, [paper]);
    expect((await renew(order)).ok).toBe(true);
    expect(paper.calls).toContain(`close ${order.number}`);
  });

  test("is settled and not begun anew when it turns out to be paid", async () => {
    const order = await placed();
    paper.pay(order.number);
    paper.refusesToOpen.add(order.number);
    expect(await renew(order)).toEqual({ ok: false, error: "not_payable" });
    expect((await findOrderView(shop.deps, order.id))?.status).toBe("delivered");
    expect(await attempts(order)).toBe(1);
  });

  test("is left alone while its gateway is silent: silence is no refusal", async () => {
    const order = await placed();
    paper.before = async () => "silent";
    expect(await renew(order)).toEqual({ ok: false, error: "gateway_silent" });
    expect(await attempts(order)).toBe(1);
  });

  test("that works is given again as it is", async () => {
    const order = await placed();
    expect(await renew(order)).toMatchObject({ ok: true, value: { id: order.attemptId } });
    expect(await attempts(order)).toBe(1);
  });

  test("and another one like it, and all that follow, leave room for other ways to pay", async () => {
    const order = await placed();
    paper.refusesToOpen.add("*");
    let attemptId = order.attemptId;
    for (let n = 0; n < limits.attemptsPerAccountMax + 2; n++) {
      const renewed = await renewPayment(shop.deps, { orderId: order.id, attemptId });
      expect(renewed).toEqual({ ok: false, error: "gateway_refused" });
      attemptId = (await findOrderView(shop.deps, order.id))?.payments.at(-1)?.id ?? "";
    }
    expect(await attempts(order)).toBe(limits.attemptsPerAccountMax);
    expect(limits.attemptsPerAccountMax).toBeLessThan(limits.attemptsPerOrderMax);
  });

  test("that has run out at the gateway before our own deadline is begun anew", async () => {
    const order = await placed();
    paper.closesAt = Date.now() + 300;
    expect(await renew(order)).toMatchObject({
      ok: true,
      value: { id: order.attemptId, closesAt: new Date(paper.closesAt) },
    });
    expect((await findOrderView(shop.deps, order.id))?.payments[0]?.closesAt).toEqual(new Date(paper.closesAt));
    paper.closesAt = null;
    await expect
      .poll(async () => {
        const renewed = await renew(order);
        return renewed.ok && renewed.value.id !== order.attemptId;
      })
      .toBe(true);
  });
});
