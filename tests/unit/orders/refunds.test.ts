import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeRefunds } from "@/lib/features/orders/rules";

const payment = fc
  .tuple(fc.bigInt({ min: 1n, max: 1_000n }), fc.bigInt({ min: 0n, max: 1_000n }), fc.bigInt({ min: 0n, max: 1_000n }))
  .map(([amountMinor, a, b]) => {
    const givenMinor = a % (amountMinor + 1n);
    return { amountMinor, givenMinor, returnedMinor: b % (givenMinor + 1n) };
  });
const order = fc
  .tuple(fc.array(payment, { maxLength: 4 }), fc.option(fc.nat(3), { nil: null }))
  .map(([list, settled]) => {
    const payments = list.map((one, n) => ({ id: `p${n}`, ...one }));
    const settledPaymentId = settled === null ? null : (payments[settled]?.id ?? null);
    return { payments, settledPaymentId };
  });

describe("what refunds make of an order", () => {
  test("a settled order stands or falls with the payment that settled it, another one with all of them", () => {
    fc.assert(
      fc.property(order, ({ payments, settledPaymentId }) => {
        const decisive = settledPaymentId ? payments.filter(({ id }) => id === settledPaymentId) : payments;
        const due = decisive.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
        const given = decisive.reduce((sum, { givenMinor }) => sum + givenMinor, 0n);
        const returned = decisive.reduce((sum, { returnedMinor }) => sum + returnedMinor, 0n);
        const expected = due === 0n || given < due ? "stands" : returned < due ? "refunding" : "refunded";
        expect(judgeRefunds({ settledPaymentId }, payments)).toBe(expected);
      }),
    );
  });

  test("an order without any payment has nothing to give back", () => {
    expect(judgeRefunds({ settledPaymentId: null }, [])).toBe("stands");
  });
});
