import { describe, expect, test } from "vitest";
import {
  complaintAbout,
  type Debt,
  findOvertaken,
  isFalseSoldOut,
  type Money,
  type Purchase,
  type RefundSeen,
  type Seen,
} from "@/simulate/model";
import { complaintAboutTill } from "@/simulate/refund-model";

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
  refunds: new Map(),
  isTouched: false,
  isDisputed: false,
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
  refunds: [],
  deliveredCards: 0,
  withdrawnCards: 0,
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

describe("what an order may be whose money somebody asked back", () => {
  const refund = (status: string, amountMinor = 1000n, change: Partial<RefundSeen> = {}): RefundSeen => ({
    id: "r1",
    payment: "0",
    refundNo: "R1",
    amountMinor,
    status,
    method: "source",
    ...change,
  });
  const touched = (...payments: Money[]) => purchase({ isTouched: true }, ...payments);
  const held = (status: string, refunds: RefundSeen[], change: Partial<Seen> = {}): Seen => ({
    ...seen(status, "none", 1, 1000n),
    refunds,
    ...change,
  });
  const asked = (amountMinor: bigint) => ({ ...touched(money()), refunds: new Map([["r1", { amountMinor }]]) });

  test.each<[string, Purchase, Seen, boolean]>([
    ["nothing was asked for after all", touched(money()), held("delivered", []), true],
    [
      "all of it is asked for, and it is still handed out",
      touched(money()),
      held("delivered", [refund("requested")]),
      false,
    ],
    ["all of it is asked for", touched(money()), held("refunding", [refund("requested")]), true],
    ["it failed, and waits for a person", touched(money()), held("refunding", [refund("failed")]), true],
    [
      "half of it is back, and the order stands",
      touched(money()),
      held("delivered", [refund("succeeded", 500n)]),
      true,
    ],
    [
      "half of it is back, and the order is over",
      touched(money()),
      held("refunded", [refund("succeeded", 500n)]),
      false,
    ],
    ["all of it is back", touched(money()), held("refunded", [refund("succeeded")], { withdrawnCards: 1 }), true],
    [
      "all of it is back, and the card is still the buyer's",
      touched(money()),
      held("refunded", [refund("succeeded")], { deliveredCards: 1 }),
      false,
    ],
    [
      "all of it is back, and a card that was seen is nowhere",
      touched(money()),
      held("refunded", [refund("succeeded")]),
      false,
    ],
    [
      "more is given back than was paid",
      touched(money()),
      held("refunded", [refund("succeeded"), refund("requested", 1n, { id: "r2" })], { withdrawnCards: 1 }),
      false,
    ],
    ["an acknowledged refund is not there", asked(1000n), held("delivered", []), false],
    ["an acknowledged refund became another", asked(1000n), held("delivered", [refund("succeeded", 500n)]), false],
    ["paid, and dropped for a refund that nobody made", touched(money()), held("pending", []), false],
    [
      "too little, all back, and still open",
      touched(money({ amountMinor: 999n })),
      held("pending", [refund("succeeded", 999n)]),
      false,
    ],
    [
      "the first of two was given back at its gateway, and the second goes back",
      touched(money({ givenBackIn: 3 }), money()),
      held("delivered", [refund("succeeded", 1000n, { payment: "1" })]),
      true,
    ],
    [
      "the second of two goes back",
      touched(money(), money()),
      held("delivered", [refund("succeeded", 1000n, { payment: "1" })]),
      true,
    ],
  ])("%s", (_, bought, found, isKept) => {
    expect(complaintAbout(bought, found, 1) === null).toBe(isKept);
  });

  test.each<[string, readonly [string, bigint][], RefundSeen[], boolean, boolean]>([
    ["as it is on record", [["R1", 1000n]], [refund("succeeded")], true, true],
    ["on its way to being on record", [["R1", 1000n]], [refund("requested")], false, true],
    ["and never on record", [["R1", 1000n]], [refund("requested")], true, false],
    [
      "twice, under two numbers",
      [
        ["R1", 1000n],
        ["R2", 1000n],
      ],
      [refund("succeeded")],
      false,
      false,
    ],
    ["for a refund that failed", [["R1", 1000n]], [refund("failed")], false, false],
    ["another amount", [["R1", 999n]], [refund("succeeded")], false, false],
    ["and none for one that is through", [], [refund("succeeded")], false, false],
  ])("money left the till %s", (_, given, refunds, isAtRest, isKept) => {
    const till = { amountMinor: 1000n, given: given.map(([refundNo, amountMinor]) => ({ refundNo, amountMinor })) };
    expect(complaintAboutTill(till, refunds, { isAtRest }) === null).toBe(isKept);
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
