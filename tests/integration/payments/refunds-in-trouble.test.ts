import { decideRefund } from "@/lib/flows/decide-refund";
import { type RequestRefund, requestRefund } from "@/lib/flows/request-refund";
import { newId } from "@/lib/kernel/id";
import { ADMIN, refundDesk } from "@/tests/support/refund-desk";
import { tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("giving money back, when everybody presses at once and everything dies", () => {
  const desk = refundDesk();

  test("attack 28: two admins and forty double clicks in two processes are one refund, and the money moves once", async () => {
    const { order } = await desk.paid();
    const keys = [newId(), newId()];
    const commands = await Promise.all(keys.map((requestKey) => desk.command(order, { requestKey })));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        requestRefund(n % 2 ? desk.shop.deps : desk.other, ADMIN, commands[n % 2] as RequestRefund),
      ),
    );
    expect(tally(answers.map((answer) => (answer.ok ? "ok" : answer.error)))).toEqual({ ok: 20, refund_under_way: 20 });
    await Promise.all([
      desk.drive(desk.shop.deps),
      desk.drive(desk.other),
      desk.drive(desk.shop.deps),
      desk.drive(desk.other),
    ]);
    await desk.drive();
    expect(await desk.refundsOf(order)).toHaveLength(1);
    expect(desk.paper.givenBack(await desk.outTradeNoOf(order))).toBe(1000n);
    expect(await desk.stateOf(order)).toBe("refunded none");
    const winner = answers.findIndex((answer) => answer.ok) % 2;
    const again = await requestRefund(desk.other, ADMIN, commands[winner] as RequestRefund);
    expect(again).toMatchObject({ ok: true, value: { status: "succeeded" } });
  });

  test("attack 28: killed between the call and its record: asked again with the same number, and the money moves once", async () => {
    for (const gateway of [desk.paper, desk.forgetful]) {
      const { order } = await desk.paid(gateway);
      await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
      let hasDied = false;
      gateway.before = async (call) => {
        if (hasDied || !call.startsWith("refund")) return undefined;
        hasDied = true;
        // The money moves, and the process is gone before it hears so.
        const [refund] = await desk.refundsOf(order);
        gateway.trades
          .get(await desk.outTradeNoOf(order))
          ?.refunds.set(gateway.isRefundIdempotent ? (refund?.refund_no as string) : "0", 1000n);
        throw new Error("killed");
      };
      await desk.drive();
      expect(await desk.refundsOf(order)).toMatchObject([{ status: "requested" }]);
      await desk.drive(desk.other);
      expect(await desk.refundsOf(order)).toMatchObject([{ status: "succeeded" }]);
      expect(gateway.givenBack(await desk.outTradeNoOf(order))).toBe(1000n);
      expect(await desk.stateOf(order)).toBe("refunded none");
    }
  });

  test("a gateway without numbers of ours hears a request once, however silent it is and however often we come back", async () => {
    const { order } = await desk.paid(desk.forgetful);
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    desk.forgetful.before = async (call) => (call.startsWith("refund") ? "silent" : undefined);
    for (let n = 0; n < 4; n++) await desk.drive(n % 2 ? desk.other : desk.shop.deps);
    expect(desk.forgetful.calls.filter((call) => call.startsWith("refund"))).toHaveLength(1);
    expect(await desk.refundsOf(order)).toMatchObject([{ status: "requested" }]);
    // It has denied for a good while that there was one: only then it hears of it again.
    await desk.shop.rows("UPDATE refund SET called_at = now() - interval '1 hour' WHERE order_id = $1", [order.id]);
    desk.forgetful.before = async () => undefined;
    await desk.drive();
    expect(desk.forgetful.calls.filter((call) => call.startsWith("refund"))).toHaveLength(2);
    expect(desk.forgetful.givenBack(await desk.outTradeNoOf(order))).toBe(1000n);
    expect(await desk.stateOf(order)).toBe("refunded none");
  });

  test("a gateway that cannot tell what became of it: told once, believed when it says yes, and after a crash an admin decides", async () => {
    desk.forgetful.isRefundBlind = true;
    const { order } = await desk.paid(desk.forgetful);
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded none");

    for (const wasGivenBack of [true, false]) {
      const { order: lost } = await desk.paid(desk.forgetful);
      const refund = await requestRefund(desk.shop.deps, ADMIN, await desk.command(lost));
      if (!refund.ok) throw new Error(refund.error);
      desk.forgetful.before = async (call) => {
        if (!call.startsWith("refund")) return undefined;
        desk.forgetful.trades.get(await desk.outTradeNoOf(lost))?.refunds.set("0", 1000n);
        throw new Error("killed");
      };
      await desk.drive();
      desk.forgetful.before = async () => undefined;
      await desk.shop.rows("UPDATE refund SET called_at = now() - interval '1 hour' WHERE order_id = $1", [lost.id]);
      await desk.drive(desk.other);
      expect(await desk.refundsOf(lost)).toMatchObject([{ status: "requested" }]);
      expect(await desk.stateOf(lost)).toBe("refunding none");
      const decision = { refundId: refund.value.id, wasGivenBack, reason: "looked at the desk" };
      const decided = await Promise.all([
        decideRefund(desk.shop.deps, ADMIN, decision),
        decideRefund(desk.other, ADMIN, decision),
      ]);
      expect(decided.map((one) => (one.ok ? one.value.status : one.error)).sort()).toEqual(
        wasGivenBack ? ["not_open", "succeeded"] : ["failed", "not_open"],
      );
      expect(await desk.stateOf(lost)).toBe(wasGivenBack ? "refunded none" : "refunding none");
      expect(desk.forgetful.calls.filter((call) => call === `refund ${refund.value.refundNo}`)).toHaveLength(1);
    }
    const merchant = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    const word = { refundId: newId(), wasGivenBack: true, reason: "" };
    expect(await decideRefund(desk.shop.deps, merchant, word)).toEqual({ ok: false, error: "not_allowed" });
  });

  test("a restock and a refund of the same owed order at once: it gets its cards or its money, never both", async () => {
    for (let round = 0; round < 6; round++) {
      const { stocked, order } = await desk.owed();
      const cmd = await desk.command(order);
      const [, refund] = await Promise.all([
        desk.shop.restock(stocked, 1),
        requestRefund(desk.other, ADMIN, cmd, { stillTrue: ({ owedAt }) => owedAt !== null }),
      ]);
      await desk.drive();
      const state = await desk.stateOf(order);
      expect(state).toBe(refund.ok ? "refunded paid_late" : "delivered paid_late");
      expect(desk.paper.givenBack(await desk.outTradeNoOf(order))).toBe(refund.ok ? 1000n : 0n);
    }
  });

  test("an account that hangs delays no other's refunds", async () => {
    const { order: hanging } = await desk.paid(desk.forgetful);
    const { order: quick } = await desk.paid();
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(hanging));
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(quick));
    let letGo: () => void = () => {};
    desk.forgetful.before = () =>
      new Promise((wake) => {
        letGo = () => wake("silent");
      });
    const startedAt = performance.now();
    const running = desk.drive();
    while ((await desk.stateOf(quick)) !== "refunded none" && performance.now() - startedAt < 3_000)
      await new Promise((wake) => setTimeout(wake, 20));
    expect(await desk.stateOf(quick)).toBe("refunded none");
    await running;
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    expect(await desk.stateOf(hanging)).toBe("refunding none");
    letGo();
    desk.forgetful.before = async () => undefined;
    await new Promise((wake) => setTimeout(wake, 100));
    await desk.drive();
    expect(await desk.stateOf(hanging)).toBe("refunded none");
  });

  test("the database refuses a refund beyond the payment, a second one under way, and a word taken back", async () => {
    const { order } = await desk.paid();
    const insert = (minor: number, status: string) =>
      desk.shop
        .rows(
          `INSERT INTO refund (id, payment_id, order_id, refund_no, amount_minor, status, reason)
           SELECT gen_random_uuid(), id, order_id, gen_random_uuid()::text, $2, $3, 'x' FROM payment WHERE order_id = $1`,
          [order.id, minor, status],
        )
        .then(
          () => "allowed",
          (error: { code: string }) => error.code,
        );
    expect(await insert(1001, "requested")).toBe("23514");
    const both = await Promise.all([insert(600, "requested"), insert(600, "requested")]);
    expect(both.sort()).toEqual(["23514", "allowed"]);
    expect(await insert(100, "requested")).toBe("23505");
    await desk.drive();
    await expect(
      desk.shop.rows("UPDATE refund SET status = 'requested' WHERE order_id = $1", [order.id]),
    ).rejects.toMatchObject({ code: "23514" });
    await expect(desk.shop.rows("DELETE FROM refund WHERE order_id = $1", [order.id])).rejects.toMatchObject({
      code: "23514",
    });
  });
});
