import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  exceptionOf,
  isAllowedEdge,
  isPayable,
  judgePayment,
  type OrderStatus,
  TRANSITIONS,
  visibleStatus,
} from "@/lib/features/orders/rules";

const STATUSES = Object.keys(TRANSITIONS) as OrderStatus[];
const facts = fc.record({
  status: fc.constantFrom(...STATUSES),
  totalMinor: fc.bigInt(1n, 10_000n),
  paidMinor: fc.bigInt(0n, 30_000n),
  paymentCount: fc.nat(5),
  isSettled: fc.boolean(),
  isLate: fc.boolean(),
  isOwed: fc.boolean(),
  isDisputed: fc.boolean(),
});

describe("the rules of an order", () => {
  test("late money is still money: expired and cancelled orders can be paid, refunded ones are over", () => {
    expect(isAllowedEdge("expired", "paid")).toBe(true);
    expect(isAllowedEdge("cancelled", "paid")).toBe(true);
    for (const status of STATUSES) expect(isAllowedEdge("refunded", status)).toBe(false);
  });

  test("a delivered order never goes back to being unpaid, expired or cancelled", () => {
    for (const status of ["pending", "paid", "expired", "cancelled"] as const)
      expect(isAllowedEdge("delivered", status)).toBe(false);
  });

  test("the gravest exception wins, and an order without money has none", () => {
    fc.assert(
      fc.property(facts, (order) => {
        const exception = exceptionOf(order);
        if (order.isDisputed) expect(exception).toBe("disputed");
        else if (order.isSettled && order.paymentCount > 1) expect(exception).toBe("double_paid");
        else if (order.isOwed) expect(exception).toBe("owed");
        else if (order.paymentCount === 0 && !order.isSettled) expect(exception).toBe("none");
      }),
    );
  });

  test("exactly the total in the order's currency settles once; everything else is named", () => {
    const order = { isSettled: false, status: "pending", totalMinor: 1000n, currency: "CNY" } as const;
    expect(judgePayment(order, { amountMinor: 1000n, currency: "CNY" })).toBe("settled");
    expect(judgePayment(order, { amountMinor: 999n, currency: "CNY" })).toBe("underpaid");
    expect(judgePayment(order, { amountMinor: 1001n, currency: "CNY" })).toBe("overpaid");
    expect(judgePayment(order, { amountMinor: 1000n, currency: "USD" })).toBe("wrong_currency");
    expect(judgePayment({ ...order, isSettled: true }, { amountMinor: 1000n, currency: "CNY" })).toBe("double");
    for (const status of ["refunding", "refunded", "delivered", "paid"] as const) {
      expect(judgePayment({ ...order, status }, { amountMinor: 1000n, currency: "CNY" })).toBe("double");
    }
  });

  test("a pending order past its deadline is expired for every reader, and hears no more pay now", () => {
    const order = { status: "pending", deadlineAt: new Date(1_000), paymentCount: 0 } as const;
    expect(visibleStatus(order, 999)).toBe("pending");
    expect(visibleStatus(order, 1_000)).toBe("expired");
    expect(isPayable(order, 999)).toBe(true);
    expect(isPayable(order, 1_000)).toBe(false);
    expect(isPayable({ ...order, paymentCount: 1 }, 999)).toBe(false);
  });
});
