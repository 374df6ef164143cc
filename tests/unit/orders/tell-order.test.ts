import { describe, expect, test } from "vitest";
import type { OrderException, OrderStatus } from "@/lib/features/orders/rules";
import { headlineAtAGlance, type ReceivedMoney, sumOf, tellOrder } from "@/lib/features/orders/tell-order";
import { getMessages } from "@/lib/i18n";

const order = (status: OrderStatus, exception: OrderException = "none", more: object = {}) => ({
  status,
  exception,
  isOwed: false,
  isLate: false,
  ...more,
});
const money = (changes: Partial<ReceivedMoney> = {}): ReceivedMoney => ({
  verdict: "settled",
  amountMinor: 1000n,
  currency: "CNY",
  isSettling: true,
  underWayMinor: 0n,
  returnedMinor: 0n,
  isRefundFailed: false,
  returnedBy: null,
  ...changes,
});
const second = (changes: Partial<ReceivedMoney> = {}) => money({ verdict: "double", isSettling: false, ...changes });
const wrong = (verdict: ReceivedMoney["verdict"], changes: Partial<ReceivedMoney> = {}) =>
  money({ verdict, isSettling: false, ...changes });
const back = { returnedMinor: 1000n, returnedBy: "source" } as const;

describe("a buyer hears of both axes, and neither hides the other", () => {
  test.each([
    ["waiting", order("pending"), [], "pending", []],
    ["run out", order("expired"), [], "expired", []],
    ["cancelled", order("cancelled"), [], "cancelled", []],
    ["paid, being delivered", order("paid"), [money()], "paid", []],
    ["delivered", order("delivered"), [money()], "delivered", []],
    ["late", order("delivered", "paid_late", { isLate: true }), [money()], "delivered", ["paid_late"]],
    ["paid without stock", order("paid", "owed", { isOwed: true }), [money()], "owed", []],
    [
      "paid twice, and without stock",
      order("paid", "double_paid", { isOwed: true }),
      [money(), second()],
      "owed",
      ["double_paid"],
    ],
    ["too little", order("pending", "underpaid"), [wrong("underpaid")], "underpaid", []],
    ["too much, after the deadline", order("expired", "overpaid"), [wrong("overpaid")], "overpaid", []],
    ["another currency", order("pending", "underpaid"), [wrong("wrong_currency")], "wrong_currency", []],
    [
      "too little in two currencies",
      order("pending", "underpaid"),
      [wrong("wrong_currency"), wrong("underpaid")],
      "underpaid",
      [],
    ],
    [
      "too little, then rightly",
      order("delivered", "double_paid"),
      [wrong("underpaid"), money()],
      "delivered",
      ["double_paid"],
    ],
    ["paid twice", order("delivered", "double_paid"), [money(), second()], "delivered", ["double_paid"]],
    [
      "twice, going back",
      order("delivered", "double_paid"),
      [money(), second({ underWayMinor: 1000n })],
      "delivered",
      ["extra_refunding"],
    ],
    ["twice, and back", order("delivered", "double_paid"), [money(), second(back)], "delivered", ["extra_refunded"]],
    [
      "twice, and not to be had back",
      order("delivered", "double_paid"),
      [money(), second({ isRefundFailed: true })],
      "delivered",
      ["extra_refund_failed"],
    ],
    [
      "three times, one of them back",
      order("delivered", "double_paid"),
      [money(), second(back), second()],
      "delivered",
      ["double_paid"],
    ],
    ["going back", order("refunding"), [money({ underWayMinor: 1000n })], "refunding", []],
    [
      "too little, going back",
      order("refunding", "underpaid"),
      [wrong("underpaid", { underWayMinor: 1n })],
      "refunding",
      [],
    ],
    ["a refund that failed", order("refunding"), [money({ isRefundFailed: true })], "refund_failed", []],
    ["a refund asked anew", order("refunding"), [money({ isRefundFailed: true, underWayMinor: 1n })], "refunding", []],
    ["back", order("refunded"), [money(back)], "refunded", []],
    ["back on the balance", order("refunded"), [money({ ...back, returnedBy: "balance" })], "refunded_to_balance", []],
    ["back by hand", order("refunded"), [money({ ...back, returnedBy: "by_hand" })], "refunded_by_hand", []],
    [
      "back through the bank",
      order("refunded", "disputed"),
      [money({ ...back, returnedBy: "dispute" })],
      "refunded_by_bank",
      [],
    ],
    [
      "back, and the second payment is not",
      order("refunded", "double_paid"),
      [money(back), second()],
      "refunded",
      ["double_paid"],
    ],
    ["a part on its way", order("delivered"), [money({ underWayMinor: 300n })], "delivered", ["partly_refunding"]],
    ["a part back", order("delivered"), [money({ returnedMinor: 300n })], "delivered", ["partly_refunded"]],
    ["disputed", order("delivered", "disputed"), [money()], "delivered", ["disputed"]],
    ["disputed before delivery", order("paid", "disputed"), [money()], "held", []],
    [
      "disputed, and paid twice",
      order("delivered", "disputed", { isLate: true }),
      [money(), second()],
      "delivered",
      ["disputed", "double_paid", "paid_late"],
    ],
  ] as const)("%s", (_name, facts, received, headline, asides) => {
    expect(tellOrder(facts, received)).toEqual({ headline, asides });
    for (const locale of ["zh", "en"] as const) {
      const { states, asides: words } = getMessages(locale).shop.order;
      expect(states[headline].text).not.toBe("");
      for (const aside of asides) expect(words[aside].text).not.toBe("");
    }
  });

  test("a list, which does not look at the money, says nothing else", () => {
    expect(headlineAtAGlance(order("pending", "underpaid"))).toBe("underpaid");
    expect(headlineAtAGlance(order("refunding", "underpaid"))).toBe("refunding");
    expect(headlineAtAGlance(order("delivered", "double_paid"))).toBe("delivered");
    expect(headlineAtAGlance(order("paid", "owed", { isOwed: true }))).toBe("owed");
    expect(headlineAtAGlance(order("paid", "disputed", { isOwed: true }))).toBe("held");
  });

  test("an aside is about exactly the money that it speaks of", () => {
    const received = [
      money({ returnedMinor: 100n, underWayMinor: 50n }),
      second(back),
      second({ underWayMinor: 400n }),
    ];
    expect(sumOf("partly_refunded", received)).toBe(100n);
    expect(sumOf("partly_refunding", received)).toBe(50n);
    expect(sumOf("extra_refunded", received)).toBe(1000n);
    expect(sumOf("extra_refunding", received)).toBe(400n);
  });
});
