import type { PlacedOrder } from "@/lib/features/orders/place-command";
import type { Notification, VerifiedDispute, VerifiedRefund } from "@/lib/features/payments/gateways/port";
import { acceptNotification } from "@/lib/flows/accept-notification";
import { driveRefunds } from "@/lib/flows/drive-refunds";
import { requestRefund } from "@/lib/flows/request-refund";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { money } from "@/lib/kernel/money";
import { getMetrics } from "@/lib/platform/metrics";
import { expectInvariants } from "@/tests/support/invariants";
import { connectPaper, noticeOf, PaperGateway } from "@/tests/support/paper-gateway";
import { proven } from "@/tests/support/proven";
import { openShop, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const ADMIN = proven({ kind: "admin", userId: newId() });

describe("what gateways tell of refunds, disputes and of nothing in particular", () => {
  const paper = new PaperGateway("paper");
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    await connectPaper(shop, shop.deps, [paper]);
  });
  test.beforeEach(() => {
    paper.before = async () => undefined;
    paper.calls.length = 0;
    paper.isRefundSlow = false;
  });
  test.afterAll(async ({ database }) => {
    await shop.close();
    await expectInvariants(database);
  });

  const tell = async (said: Parameters<typeof noticeOf>[0]) => {
    const raw = { method: "POST", query: [], headers: [], body: noticeOf(said) };
    return (await acceptNotification(shop.deps, { gateway: "epay", accountId: "paper", raw })).body;
  };
  const outTradeNoOf = async ({ id }: { id: string }) => {
    const rows = await shop.rows<{ no: string }>("SELECT out_trade_no AS no FROM payment_attempt WHERE order_id = $1", [
      id,
    ]);
    return rows[0]?.no as string;
  };
  async function placed() {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: "paper" });
    const outTradeNo = await outTradeNoOf(order);
    return { order, outTradeNo, trade: `T${outTradeNo}` };
  }
  const paidNotice = ({ outTradeNo, trade }: { outTradeNo: string; trade: string }): Notification => ({
    kind: "paid",
    payment: paper.pay(outTradeNo, { trade }),
  });
  async function paid() {
    const made = await placed();
    expect(await tell(paidNotice(made))).toBe("taken");
    return made;
  }
  const stateOf = async ({ id }: PlacedOrder) => {
    const [row] = await shop.rows<{ state: string }>(
      "SELECT status || ' ' || exception AS state FROM orders WHERE id = $1",
      [id],
    );
    return row?.state;
  };
  const findingsOf = async ({ id }: { id: string }) =>
    (await shop.rows("SELECT kind, status FROM finding WHERE order_id = $1 ORDER BY kind, subject", [id])).map(
      ({ kind, status }) => `${kind} ${status}`,
    );
  const cardsOf = async ({ id }: { id: string }) =>
    (await shop.rows<{ status: string }>("SELECT status FROM card WHERE order_id = $1", [id])).map(
      ({ status }) => status,
    );

  const refundOf = (told: Partial<VerifiedRefund>): Notification => ({
    kind: "refund",
    refund: {
      accountRef: "paper",
      outTradeNo: null,
      gatewayTradeNo: null,
      refundNo: null,
      gatewayRefundNo: null,
      amount: money(1000n, "CNY"),
      state: "succeeded",
      evidence: [["refund", "x"]],
      ...told,
    },
  });
  const disputeOf = (told: Partial<VerifiedDispute> & { disputeNo: string }): Notification => ({
    kind: "dispute",
    dispute: {
      accountRef: "paper",
      outTradeNo: null,
      gatewayTradeNo: null,
      amount: null,
      state: "opened",
      evidence: [],
      ...told,
    },
  });
  async function asked(made: Awaited<ReturnType<typeof paid>>) {
    const [payment] = await shop.rows<{ id: string }>("SELECT id FROM payment WHERE order_id = $1", [made.order.id]);
    const cmd = { orderId: made.order.id, paymentId: payment?.id as string, amountMinor: null, reason: "x" };
    const refund = await requestRefund(shop.deps, ADMIN, { ...cmd, method: "source", requestKey: newId() });
    if (!refund.ok) throw new Error(refund.error);
    return refund.value.refundNo;
  }

  test("a notice of our own refund moves it, a hundred times at once and before the answer of the call is in", async () => {
    const made = await paid();
    const refundNo = await asked(made);
    const notice = refundOf({ refundNo, gatewayTradeNo: made.trade, gatewayRefundNo: "R1" });
    const answers = await Promise.all(Array.from({ length: 100 }, () => tell(notice)));
    expect(tally(answers)).toEqual({ taken: 100 });
    expect(await stateOf(made.order)).toBe("refunded none");
    await shop.rows("UPDATE refund SET next_ask_at = now() WHERE order_id = $1", [made.order.id]);
    await driveRefunds(shop.deps);
    expect(paper.calls.filter((call) => call.startsWith("refund"))).toEqual([]);
    expect(await cardsOf(made.order)).toEqual(["withdrawn"]);
    const events = await shop.rows("SELECT verdict FROM payment_event WHERE order_id = $1 AND kind = 'refund'", [
      made.order.id,
    ]);
    expect(events).toEqual([{ verdict: "refund_matched" }]);
    expect(await findingsOf(made.order)).toEqual([]);
  });

  test("states that come in the wrong order, or contradict each other, change nothing that is over", async () => {
    const made = await paid();
    const refundNo = await asked(made);
    for (const state of ["succeeded", "processing", "succeeded"] as const)
      expect(await tell(refundOf({ refundNo, gatewayTradeNo: made.trade, state }))).toBe("taken");
    expect(await stateOf(made.order)).toBe("refunded none");
    expect(await findingsOf(made.order)).toEqual([]);
    await tell(refundOf({ refundNo, gatewayTradeNo: made.trade, state: "failed" }));
    expect(await stateOf(made.order)).toBe("refunded none");
    expect(await findingsOf(made.order)).toEqual(["refund_mismatch open"]);
  });

  test("a notice of another amount moves no refund and is put before a person", async () => {
    const made = await paid();
    const refundNo = await asked(made);
    expect(await tell(refundOf({ refundNo, amount: money(1n, "CNY") }))).toBe("taken");
    expect(await stateOf(made.order)).toBe("refunding none");
    expect(await findingsOf(made.order)).toEqual(["refund_mismatch open"]);
    await shop.rows("UPDATE refund SET next_ask_at = now() WHERE order_id = $1", [made.order.id]);
    await driveRefunds(shop.deps);
    expect(await stateOf(made.order)).toBe("refunded none");
  });

  test("a refund at the gateway's own desk is a finding, and the order keeps what it has; put on record by hand, it is refunded", async () => {
    const made = await paid();
    const notice = refundOf({ gatewayTradeNo: made.trade, gatewayRefundNo: "desk" });
    for (let n = 0; n < 3; n++) expect(await tell(notice)).toBe("taken");
    expect(await stateOf(made.order)).toBe("delivered none");
    expect(await findingsOf(made.order)).toEqual(["refunded_outside open"]);
    const [payment] = await shop.rows<{ id: string }>("SELECT id FROM payment WHERE order_id = $1", [made.order.id]);
    const cmd = { orderId: made.order.id, paymentId: payment?.id as string, amountMinor: null, reason: "at the desk" };
    expect(
      (
        await requestRefund(shop.deps, ADMIN, {
          ...cmd,
          method: "by_hand",
          outsideReference: "desk",
          requestKey: newId(),
        })
      ).ok,
    ).toBe(true);
    expect(await stateOf(made.order)).toBe("refunded none");
    expect(await cardsOf(made.order)).toEqual(["withdrawn"]);
    expect(await findingsOf(made.order)).toEqual(["refunded_outside resolved"]);
  });

  test("a refund that is told before its payment keeps that payment from buying a card", async () => {
    const made = await placed();
    expect(await tell(refundOf({ outTradeNo: made.outTradeNo, gatewayTradeNo: made.trade }))).toBe("taken");
    expect(await tell(paidNotice(made))).toBe("taken");
    expect(await stateOf(made.order)).toBe("pending none");
    expect(await findingsOf(made.order)).toEqual(["refunded_outside open"]);
  });

  test("a refund of nothing that we know is on record and told again later", async () => {
    const notice = refundOf({ gatewayTradeNo: "stranger", gatewayRefundNo: "R9" });
    expect([await tell(notice), await tell(notice)]).toEqual(["later", "later"]);
    const rows = await shop.rows("SELECT verdict FROM payment_event WHERE gateway_trade_number = 'stranger'");
    expect(rows).toEqual([{ verdict: "unknown_order" }]);
    const findings = await shop.rows(
      "SELECT f.kind FROM finding f JOIN payment_event e ON e.id = f.event_id WHERE e.gateway_trade_number = 'stranger'",
    );
    expect(findings).toEqual([{ kind: "refunded_outside" }]);
  });

  test("a dispute marks the order, won it is as it was, in whatever order and however often it is told", async () => {
    const made = await paid();
    const opened = disputeOf({ disputeNo: "D1", gatewayTradeNo: made.trade });
    expect([await tell(opened), await tell(opened)]).toEqual(["taken", "taken"]);
    expect(await stateOf(made.order)).toBe("delivered disputed");
    expect(await findingsOf(made.order)).toEqual(["dispute open"]);
    await expect(asked(made)).rejects.toThrow("disputed");
    await tell(disputeOf({ disputeNo: "D1", gatewayTradeNo: made.trade, state: "won" }));
    expect(await stateOf(made.order)).toBe("delivered none");
    expect(await findingsOf(made.order)).toEqual(["dispute resolved"]);
    await tell(opened);
    expect(await stateOf(made.order)).toBe("delivered none");
  });

  test("a lost dispute takes the money once, withdraws the card and never puts it on sale", async () => {
    const made = await paid();
    const lost = disputeOf({ disputeNo: "D2", gatewayTradeNo: made.trade, state: "lost" });
    await Promise.all(Array.from({ length: 10 }, () => tell(lost)));
    await tell(disputeOf({ disputeNo: "D2", gatewayTradeNo: made.trade }));
    expect(await stateOf(made.order)).toBe("refunded disputed");
    expect(await cardsOf(made.order)).toEqual(["withdrawn"]);
    const refunds = await shop.rows("SELECT method, status, amount_minor::int FROM refund WHERE order_id = $1", [
      made.order.id,
    ]);
    expect(refunds).toEqual([{ method: "dispute", status: "succeeded", amount_minor: 1000 }]);
    const [card] = await shop.rows<{ id: string }>("SELECT id FROM card WHERE order_id = $1", [made.order.id]);
    const resold = shop.rows("UPDATE card SET status = 'available', order_id = NULL WHERE id = $1", [card?.id]);
    await expect(resold).rejects.toMatchObject({ code: "23514" });
  });

  test("a dispute about a payment that is not here yet waits for it", async () => {
    const made = await placed();
    const opened = disputeOf({ disputeNo: "D3", outTradeNo: made.outTradeNo, gatewayTradeNo: made.trade });
    expect(await tell(opened)).toBe("later");
    await tell(paidNotice(made));
    expect(await tell(opened)).toBe("taken");
    expect(await stateOf(made.order)).toBe("delivered disputed");
  });

  test("a notice without an amount: the gateway is asked before it is answered; silence and strangers are told later", async () => {
    const made = await placed();
    expect(await tell({ kind: "ask", outTradeNo: "nobody" })).toBe("later");
    paper.before = async () => "silent";
    expect(await tell({ kind: "ask", outTradeNo: made.outTradeNo })).toBe("later");
    paper.before = async () => undefined;
    expect(await tell({ kind: "ask", outTradeNo: made.outTradeNo })).toBe("taken");
    expect(await stateOf(made.order)).toBe("pending none");
    paper.pay(made.outTradeNo, { trade: made.trade });
    expect(await tell({ kind: "ask", outTradeNo: made.outTradeNo })).toBe("taken");
    expect(await stateOf(made.order)).toBe("delivered none");
  });

  test("a flood of such notices asks a bounded number of questions at once", async () => {
    const made = await placed();
    let asking = 0;
    let most = 0;
    paper.before = async () => {
      most = Math.max(most, ++asking);
      await new Promise((wake) => setTimeout(wake, 50));
      asking--;
      return undefined;
    };
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => tell({ kind: "ask", outTradeNo: made.outTradeNo })),
    );
    expect(most).toBeLessThanOrEqual(limits.noticeAsksInFlightPerAccount);
    expect(answers).toContain("later");
  });

  test("an unknown key and another's account are refused, counted and shouted", async () => {
    const shouted: string[] = [];
    const log = { ...shop.deps.log, error: (event: string) => void shouted.push(event) };
    const counted = async () =>
      (await getMetrics().noticesRefused.get()).values.reduce((sum, { value }) => sum + value, 0);
    const before = await counted();
    const deps = { ...shop.deps, log } as typeof shop.deps;
    await connectPaper(shop, deps, [paper]);
    for (const refusal of ["unknown_key", "other_account"] as const) {
      const raw = { method: "POST", query: [], headers: [], body: noticeOf(refusal) };
      expect((await acceptNotification(deps, { gateway: "epay", accountId: "paper", raw })).status).toBe(400);
    }
    expect(shouted).toEqual(["notice.refused", "notice.refused"]);
    expect((await counted()) - before).toBe(2);
  });
});
