import { describe, expect, test } from "vitest";
import {
  complaintAbout,
  type Debt,
  findOvertaken,
  isFalseSoldOut,
  type Money,
  type Purchase,
  type Seen,
} from "@/simulate/model";

const money = (change: Partial<Money> = {}): Money => ({
  amountMinor: 1000n,
  isForeign: false,
  toldIn: 2,
  givenBackIn: null,
  ...change,
});
const purchase = (change: Partial<Omit<Purchase, "money">> = {}, ...payments: Money[]): Purchase => ({
  totalMinor: 1000n,
  lapsedBefore: null,
  cancelled: null,
  ...change,
  money: new Map(payments.map((one, n) => [String(n), one])),
});
const seen = (
  status: string,
  exception = "none",
  payments = 0,
  paidMinor = 0n,
  moneyFindings = payments - (["paid", "delivered"].includes(status) ? 1 : 0),
): Seen => ({
  moneyFindings: Math.max(0, moneyFindings),
  hasDebtFinding: exception === "owed",
  status,
  exception,
  payments,
  paidMinor,
  isOwed: exception === "owed",
});

describe("what an order may be, after all that was said about it", () => {
  test.each<[string, Purchase, Seen, boolean]>([
    ["nothing happened", purchase(), seen("pending"), true],
    ["expired before its deadline", purchase(), seen("expired"), false],
    ["past its deadline", purchase({ lapsedBefore: 1 }), seen("expired"), true],
    ["cancelled, as was told", purchase({ cancelled: { inBurst: 1, isSure: true } }), seen("cancelled"), true],
    ["told cancelled, and still open", purchase({ cancelled: { inBurst: 1, isSure: true } }), seen("pending"), false],
    ["perhaps cancelled", purchase({ cancelled: { inBurst: 1, isSure: false } }), seen("pending"), true],
    ["paid and delivered", purchase({}, money()), seen("delivered", "none", 1, 1000n), true],
    ["paid and dropped", purchase({}, money()), seen("pending"), false],
    ["paid and owed", purchase({}, money()), seen("paid", "owed", 1, 1000n), true],
    ["delivered without a payment", purchase(), seen("delivered"), false],
    ["late, and said so", purchase({ lapsedBefore: 2 }, money()), seen("delivered", "paid_late", 1, 1000n), true],
    ["late, and not said so", purchase({ lapsedBefore: 2 }, money()), seen("delivered", "none", 1, 1000n), false],
    [
      "in time, and said to be late",
      purchase({ lapsedBefore: 3 }, money()),
      seen("delivered", "paid_late", 1, 1000n),
      false,
    ],
    ["paid twice, counted once", purchase({}, money(), money()), seen("delivered", "none", 1, 1000n), false],
    ["paid twice", purchase({}, money(), money()), seen("delivered", "double_paid", 2, 2000n), true],
    [
      "paid twice, and nobody named",
      purchase({}, money(), money()),
      seen("delivered", "double_paid", 2, 2000n, 0),
      false,
    ],
    [
      "owed, and nobody named",
      purchase({}, money()),
      { ...seen("paid", "owed", 1, 1000n), hasDebtFinding: false },
      false,
    ],
    ["too little, delivered", purchase({}, money({ amountMinor: 999n })), seen("delivered", "none", 1, 999n), false],
    ["too little", purchase({}, money({ amountMinor: 999n })), seen("pending", "underpaid", 1, 999n), true],
    ["another currency", purchase({}, money({ isForeign: true })), seen("pending", "underpaid", 1, 0n), true],
    [
      "another currency, added up",
      purchase({}, money({ isForeign: true })),
      seen("pending", "underpaid", 1, 1000n),
      false,
    ],
    [
      "given back first, delivered",
      purchase({}, money({ givenBackIn: 1 })),
      seen("delivered", "none", 1, 1000n),
      false,
    ],
    ["given back first", purchase({}, money({ givenBackIn: 1 })), seen("pending"), true],
    ["given back at the same time", purchase({}, money({ givenBackIn: 2 })), seen("pending"), true],
    ["given back afterwards", purchase({}, money({ givenBackIn: 3 })), seen("delivered", "none", 1, 1000n), true],
  ])("%s", (_, bought, found, isKept) => {
    expect(complaintAbout(bought, found) === null).toBe(isKept);
  });
});

test("sold out may be said when others could have taken the rest", () => {
  expect([isFalseSoldOut(3, 0, 3), isFalseSoldOut(3, 1, 3), isFalseSoldOut(0, 0, 1)]).toEqual([true, false, false]);
});

test("whoever paid later and was served before one who waits has overtaken", () => {
  const debt = (order: number, paidIn: number, bound = 0): Debt => ({
    order,
    variant: 0,
    lacking: 1 - bound,
    bound,
    paidIn,
  });
  const waits = [debt(0, 1)];
  expect(findOvertaken(waits, waits, [debt(1, 2, 1)])).toHaveLength(1);
  expect(findOvertaken(waits, waits, [debt(1, 0, 1)])).toEqual([]);
  expect(findOvertaken(waits, [], [debt(1, 2, 1)])).toEqual([]);
  expect(findOvertaken(waits, waits, [{ ...debt(1, 2, 1), variant: 1 }])).toEqual([]);
});
