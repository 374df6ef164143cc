import { listOpenRefunds } from "@/lib/features/payments/refund-state";
import { previewRefund, type RefundPreview } from "@/lib/flows/preview-refund";
import { type RequestRefund, requestRefund } from "@/lib/flows/request-refund";
import { revealOrder } from "@/lib/flows/reveal-order";
import { newId } from "@/lib/kernel/id";
import { proven } from "@/tests/support/proven";
import { ADMIN, refundDesk } from "@/tests/support/refund-desk";
import { tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const SECOND = proven({ kind: "admin", userId: newId() });

describe("what an admin is shown before money goes back", () => {
  const desk = refundDesk();

  async function look(order: { id: string }, changes: Partial<RequestRefund> = {}, deps = desk.shop.deps) {
    const cmd = await desk.command(order, changes);
    const preview = await previewRefund(deps, ADMIN, { orderId: cmd.orderId, paymentId: cmd.paymentId, wanted: cmd });
    if (!preview.ok) throw new Error(preview.error);
    return { cmd, preview: preview.value };
  }
  const confirmed = (cmd: RequestRefund, { refundId, seen }: RefundPreview): RequestRefund => ({
    ...cmd,
    refundId,
    seen,
    requestKey: refundId,
  });

  test("the preview writes nothing, and what it says is what confirming does: number, amount, states, cards, mails", async () => {
    const { order } = await desk.paid(desk.paper, { cards: 3, quantity: 2 });
    await revealOrder(desk.shop.deps, { orderId: order.id, actor: { kind: "buyer" } });
    const { cmd, preview } = await look(order);
    expect(await desk.refundsOf(order)).toEqual([]);
    expect(preview).toMatchObject({
      amountMinor: 2000n,
      statusNow: "delivered",
      statusNext: "refunding",
      statusAtEnd: "refunded",
      fate: "withdrawn",
      cardCount: 2,
      mails: ["refund_under_way", "refund_done"],
      isMailConfigured: false,
    });
    const cards = await desk.shop.rows<{ id: string }>("SELECT id FROM card WHERE order_id = $1 ORDER BY pick", [
      order.id,
    ]);
    expect(preview.cards.map(({ id }) => id)).toEqual(cards.map(({ id }) => id));
    expect(preview.cards.every(({ isRevealed }) => isRevealed)).toBe(true);
    const refund = await requestRefund(desk.shop.deps, ADMIN, confirmed(cmd, preview));
    expect(refund).toMatchObject({ ok: true, value: { refundNo: preview.refundNo, amountMinor: 2000n } });
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded none");
    expect(await desk.cardsOf(order)).toEqual(["withdrawn", "withdrawn"]);
  });

  test("a part, a second payment, an owed order and one by hand each say what they leave as it is", async () => {
    const { order } = await desk.paid();
    expect((await look(order, { amountMinor: 100n })).preview).toMatchObject({
      statusNext: null,
      fate: "none",
      cards: [],
    });
    expect((await look(order, { method: "by_hand" })).preview).toMatchObject({
      statusNext: "refunded",
      statusAtEnd: null,
      mails: ["refund_done"],
    });
    await desk.pay(order, desk.paper, { trade: "second" });
    const double = (await desk.paymentsOf(order)).find(({ verdict }) => verdict === "double")?.id as string;
    expect((await look(order, { paymentId: double })).preview).toMatchObject({ statusNext: null, fate: "none" });
    const { order: waiting } = await desk.owed();
    expect((await look(waiting)).preview).toMatchObject({ statusNow: "paid", statusNext: "refunding", cardCount: 0 });
  });

  test("pressed four times in two processes, one confirmation is one refund", async () => {
    const { order } = await desk.paid();
    const { cmd, preview } = await look(order);
    const answers = await Promise.all(
      [desk.shop.deps, desk.other, desk.shop.deps, desk.other].map((deps) =>
        requestRefund(deps, ADMIN, confirmed(cmd, preview)),
      ),
    );
    expect(answers.map((one) => (one.ok ? one.value.refundNo : one.error))).toEqual(Array(4).fill(preview.refundNo));
    await desk.drive();
    expect(desk.paper.givenBack(await desk.outTradeNoOf(order))).toBe(1000n);
  });

  test("of two admins who looked at the same, the second changes nothing and hears that it has changed", async () => {
    const { order } = await desk.paid();
    const [mine, theirs] = [
      await look(order, { amountMinor: 300n }),
      await look(order, { amountMinor: 300n, method: "by_hand", outsideReference: "X-9" }, desk.other),
    ];
    const answers = await Promise.all([
      requestRefund(desk.shop.deps, ADMIN, confirmed(mine.cmd, mine.preview)),
      requestRefund(desk.other, SECOND, confirmed(theirs.cmd, theirs.preview)),
    ]);
    expect(tally(answers.map((one) => (one.ok ? "asked" : one.error)))).toEqual({ asked: 1, order_changed: 1 });
    await desk.drive();
    expect(await desk.refundsOf(order)).toHaveLength(1);
  });

  test("whatever moved since the look refuses the confirmation: a payment, a dispute, another refund that is through", async () => {
    const { order } = await desk.paid();
    const { cmd, preview } = await look(order);
    await desk.pay(order, desk.paper, { trade: "meanwhile" });
    expect(await requestRefund(desk.shop.deps, ADMIN, confirmed(cmd, preview))).toEqual({
      ok: false,
      error: "order_changed",
    });
    expect(await desk.stateOf(order)).toBe("delivered double_paid");
  });

  test("a number that was shown for one payment is refused for another, and merchants are shown nothing", async () => {
    const { order } = await desk.paid();
    const { order: foreign } = await desk.paid();
    const { cmd, preview } = await look(order);
    expect((await requestRefund(desk.shop.deps, ADMIN, confirmed(cmd, preview))).ok).toBe(true);
    const other = { ...(await desk.command(foreign)), refundId: preview.refundId };
    expect(await requestRefund(desk.shop.deps, ADMIN, other)).toEqual({ ok: false, error: "request_conflict" });
    const merchant = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    const asked = { orderId: foreign.id, paymentId: other.paymentId, wanted: other };
    expect(await previewRefund(desk.shop.deps, merchant, asked)).toEqual({ ok: false, error: "not_allowed" });
    expect(await previewRefund(desk.shop.deps, ADMIN, { ...asked, orderId: order.id })).toEqual({
      ok: false,
      error: "not_found",
    });
    expect(await listOpenRefunds(desk.shop.deps, merchant)).toEqual([]);
    expect(await listOpenRefunds(desk.shop.deps, ADMIN)).toMatchObject([
      { refundNo: preview.refundNo, finding: null, status: "requested" },
    ]);
    await desk.drive();
    expect(await listOpenRefunds(desk.shop.deps, ADMIN)).toEqual([]);
  });
});
