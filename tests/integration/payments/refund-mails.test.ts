import { drainOutbox } from "@/lib/flows/drain-outbox";
import { giveUpRefund } from "@/lib/flows/give-up-refund";
import { requestRefund } from "@/lib/flows/request-refund";
import { sendMail } from "@/lib/flows/send-mail";
import { expectInvariants } from "@/tests/support/invariants";
import { openPostbox, type Postbox, textOf } from "@/tests/support/postbox";
import { ADMIN, openRefundDesk, type RefundDesk } from "@/tests/support/refund-desk";
import { describe, expect, test } from "@/tests/support/test";

describe("what a buyer reads of a refund", () => {
  let desk: RefundDesk;
  let postbox: Postbox;
  test.beforeAll(async ({ database }) => {
    postbox = await openPostbox();
    desk = await openRefundDesk(database, { KAPU_SMTP_URL: postbox.url, KAPU_MAIL_FROM: "Kapu <shop@example.com>" });
  });
  test.beforeEach(() => desk.calm());
  test.afterAll(async ({ database }) => {
    await desk.close();
    await postbox.close();
    await expectInvariants(database);
  });

  /** Sends what is due, as the queue does, and returns the texts of this order's letters about money. */
  async function letters(order: { id: string }): Promise<string[]> {
    const ids: string[] = [];
    while ((await drainOutbox(desk.shop.deps, async (_tx, _name, { mailId }) => void ids.push(mailId))) > 0);
    const mails = await desk.shop.rows<{ id: string }>(
      "SELECT id FROM mail WHERE order_id = $1 AND status = 'queued' AND kind LIKE 'refund%' ORDER BY outbox_id",
      [order.id],
    );
    const before = postbox.letters.length;
    for (const { id } of mails) await sendMail(desk.shop.deps, { mailId: id });
    return postbox.letters.slice(before).map(textOf);
  }

  test("under way, then given back: how much, to where, how long it takes, once each", async () => {
    const { order } = await desk.paid();
    const refund = await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    const no = refund.ok ? refund.value.refundNo : "";
    const [begun = "", ...more] = await letters(order);
    expect(more).toEqual([]);
    for (const words of ["¥10.00", "正在原路退回", "纸", no, "1 到 3 个工作日", "卡密会作废", "/zh/orders/link#"])
      expect(begun).toContain(words);
    await desk.drive();
    await desk.drive();
    const [done = "", ...others] = await letters(order);
    expect(others).toEqual([]);
    for (const words of ["¥10.00", "已经原路退回", no, "7 个工作日", "订单已结束"]) expect(done).toContain(words);
    expect(await letters(order)).toEqual([]);
  });

  test("failed, and then called off: that the money is safe, and what to do", async () => {
    const { order } = await desk.paid();
    desk.paper.refundFailure = "NOT_ENOUGH";
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    await desk.drive();
    const [, failed = ""] = await letters(order);
    for (const words of ["没有退出去", "钱没有丢", "联系店主"]) expect(failed).toContain(words);
    expect(failed).not.toContain("NOT_ENOUGH");
    await giveUpRefund(desk.shop.deps, ADMIN, { orderId: order.id, reason: "x" });
    expect((await letters(order))[0]).toContain("已经撤销");
  });

  test("by hand and in part, in English: the number it went under, and that the cards stay", async () => {
    const { variantId } = await desk.shop.stock({ cards: 1 });
    const order = await desk.shop.place(variantId, { accountId: "paper", locale: "en" });
    await desk.pay(order);
    const cmd = await desk.command(order, { method: "by_hand", outsideReference: "WIRE-77", amountMinor: 250n });
    expect((await requestRefund(desk.shop.deps, ADMIN, cmd)).ok).toBe(true);
    const [letter = ""] = await letters(order);
    for (const words of ["¥2.50", "WIRE-77", "Your order and its cards stay as they are", "/en/orders/link#"])
      expect(letter).toContain(words);
  });
});
