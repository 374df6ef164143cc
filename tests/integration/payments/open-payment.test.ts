import { findOrderView } from "@/lib/features/orders/view";
import { openPayment } from "@/lib/flows/open-payment";
import { placeOrder } from "@/lib/flows/place-order";
import { startPayment } from "@/lib/flows/start-payment";
import { limits } from "@/lib/kernel/limits";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import { connectPaper, PaperGateway } from "@/tests/support/paper-gateway";
import { openDeps, openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("a gateway that must be asked for the way to pay", () => {
  const paper = new PaperGateway("paper");
  let shop: TestShop;
  let other: Deps;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    other = openDeps(database);
    await connectPaper(shop, shop.deps, [paper]);
    await connectPaper(shop, other, [paper]);
  });
  test.beforeEach(() => {
    paper.before = async () => undefined;
    paper.calls.length = 0;
    paper.staleAt = undefined;
  });
  test.afterAll(async ({ database }) => {
    await closeDeps(other);
    await shop.close();
    await expectInvariants(database);
  });

  async function placed(cards = 1) {
    const { variantId } = await shop.stock({ cards });
    return shop.place(variantId, { accountId: "paper" });
  }
  type Order = Awaited<ReturnType<typeof placed>>;
  const openBy = (deps: Deps, order: Order) => openPayment(deps, { orderId: order.id, attemptId: order.payment.id });
  const openings = (order: Order) =>
    shop.rows("SELECT presentation ->> 'text' AS text FROM payment_opening WHERE attempt_id = $1", [order.payment.id]);

  test("the order's answer asks nobody, its replay is the same to the byte, and both say on_request", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const command = shop.order(variantId, { accountId: "paper" });
    const first = await placeOrder(shop.deps, command);
    expect(first.ok && first.value.payment.kind).toBe("on_request");
    expect(paper.calls).toEqual([]);
    if (!first.ok) return;
    await openBy(shop.deps, first.value);
    const again = await placeOrder(shop.deps, command);
    expect(again.ok && again.value.payment).toEqual(first.value.payment);
  });

  test("twenty tabs in two processes are one call, and all show the same", async () => {
    const order = await placed();
    paper.before = () => new Promise((wake) => setTimeout(() => wake(undefined), 300));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => openBy(n % 2 === 0 ? shop.deps : other, order)),
    );
    expect(paper.calls).toHaveLength(1);
    const [row] = await openings(order);
    for (const answer of answers)
      expect(answer).toMatchObject({ ok: true, value: { kind: "qrcode", text: row?.text } });
    const view = await findOrderView(shop.deps, order.id);
    expect(view?.payments[0]).toMatchObject({ kind: "qrcode", text: row?.text });
    const started = await startPayment(shop.deps, { orderId: order.id, accountId: "paper" });
    expect(started.ok && started.value.id).toBe(order.payment.id);
  });

  test("silence is told, leaves the attempt as it was, and asking again opens it", async () => {
    const order = await placed();
    paper.before = async () => "silent";
    expect(await openBy(shop.deps, order)).toEqual({ ok: false, error: "gateway_silent" });
    expect((await findOrderView(shop.deps, order.id))?.payments[0]?.kind).toBe("on_request");
    paper.before = async () => undefined;
    expect((await openBy(other, order)).ok).toBe(true);
    expect(await openings(order)).toHaveLength(1);
  });

  test("a way that soon goes stale is shown and not kept: whoever comes back gets a fresh one, and the question is due soon", async () => {
    const order = await placed();
    paper.staleAt = Date.now() + 300_000;
    const first = await openBy(shop.deps, order);
    const second = await openBy(other, order);
    expect([first, second]).toMatchObject([
      { ok: true, value: { id: order.payment.id, accountId: "paper", kind: "qrcode" } },
      { ok: true, value: { kind: "qrcode" } },
    ]);
    expect(first).not.toEqual(second);
    expect(await openings(order)).toHaveLength(0);
    const [due] = await shop.rows(
      "SELECT next_query_at <= clock_timestamp() + make_interval(secs => $2) AS soon FROM payment_attempt WHERE id = $1",
      [order.payment.id, limits.openedQuerySeconds],
    );
    expect(due?.soon).toBe(true);
  });

  test("whoever dies while asking keeps the others away for the lease only", async () => {
    const order = await placed();
    await shop.rows(
      "UPDATE payment_attempt SET opening_until = clock_timestamp() + interval '1 second' WHERE id = $1",
      [order.payment.id],
    );
    const startedAt = performance.now();
    expect((await openBy(shop.deps, order)).ok).toBe(true);
    expect(performance.now() - startedAt).toBeGreaterThan(800);
    expect(performance.now() - startedAt).toBeLessThan(limits.openingWaitMs);
  });

  test("after the deadline nothing is opened and nobody is asked", async () => {
    const order = await placed();
    await shop.lapse(order.id, 1);
    expect(await openBy(shop.deps, order)).toEqual({ ok: false, error: "not_payable" });
    expect(paper.calls).toEqual([]);
  });

  test("an impatient buyer asks the gateway a bounded number of times", async () => {
    const order = await placed();
    paper.before = async () => "silent";
    const answers: string[] = [];
    for (let n = 0; n < limits.openingsPerAttempt + 2; n++) {
      const answer = await openBy(shop.deps, order);
      answers.push(answer.ok ? "opened" : answer.error);
    }
    expect(paper.calls).toHaveLength(limits.openingsPerAttempt);
    expect(answers.slice(-2)).toEqual(["rate_limited", "rate_limited"]);
  });

  test("an opening is written once: the database refuses another word, and the application may not try", async () => {
    const order = await placed();
    await openBy(shop.deps, order);
    const change = "UPDATE payment_opening SET presentation = '{}' WHERE attempt_id = $1";
    await expect(shop.rows(change, [order.payment.id])).rejects.toMatchObject({ code: "23514" });
    await expect(shop.deps.db.$executeRawUnsafe(change.replace("$1", `'${order.payment.id}'`))).rejects.toThrow();
  });
});
