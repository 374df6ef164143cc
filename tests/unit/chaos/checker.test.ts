import { describe, expect, test } from "vitest";
import { check, type Evidence } from "@/chaos/checker";
import type { Facts } from "@/chaos/facts";
import type { Taken } from "@/chaos/gateway";
import type { Entry } from "@/chaos/history";

const ORDER = {
  id: "ord_1",
  status: "delivered",
  exception: "none",
  isOwed: false,
  quantity: 1,
  totalMinor: "1000",
  deliveredCards: 1,
  ledgerDelivered: 1,
  openFindings: 0,
  findings: 0,
};
const TAKEN: Taken = {
  order: "ord_1",
  outTradeNo: "K1",
  tradeNo: "T1",
  minor: "1000",
  isTold: true,
  isGivenBack: false,
};
const FACTS: Facts = {
  orders: [ORDER],
  payments: [{ tradeNo: "T1", order: "ord_1", minor: "1000" }],
  refunds: [],
  events: [{ tradeNo: "T1", order: "ord_1", hasFinding: false }],
  cardsByVariant: {},
  unclosed: 0,
  unsentOutbox: 0,
  mails: [{ id: "m1", order: "ord_1", kind: "order_delivered", status: "sent" }],
  halts: [],
  alarms: [],
  auditSilentSeconds: 3,
};

const DEADLINE = '{"deadlineAt":"1970-01-01T00:00:05.000Z"}';
const LATER = '{"deadlineAt":"1970-01-01T02:00:05.000Z"}';

let id = 0;
const ok = (entry: Partial<Entry>): Entry => ({
  at: 0,
  id: ++id,
  client: "buyer-1",
  op: "place",
  type: "ok",
  ...entry,
});
const placed = ok({ key: "k1", order: "ord_1", detail: { words: "first", answer: DEADLINE } });
const revealed = (order: string, secrets: string[], quantity = 1) =>
  ok({ op: "reveal", order, detail: { secrets, quantity } });
const HISTORY: readonly Entry[] = [
  placed,
  ok({ client: "gateway", op: "notice", order: "ord_1", detail: { kind: "right", tradeNo: "T1" } }),
  revealed("ord_1", ["C1"]),
];

const evidence = (changed: Partial<Evidence> = {}): Evidence => ({
  history: HISTORY,
  taken: [TAKEN],
  given: [],
  facts: FACTS,
  imported: new Set(["C1", "C2"]),
  letters: new Map([["m1", 1]]),
  reservationMs: 5_000,
  ...changed,
});
const withOrder = (changed: Partial<typeof ORDER>): Facts => ({ ...FACTS, orders: [{ ...ORDER, ...changed }] });
const withMails = (...changed: Partial<Facts["mails"][number]>[]): Facts => ({
  ...FACTS,
  mails: changed.map((mail) => ({ ...(FACTS.mails[0] as Facts["mails"][number]), ...mail })),
});
const OTHER = { ...ORDER, id: "ord_2" };

const GIVEN = { tradeNo: "T1", minor: "1000" };
const REFUND = { ...GIVEN, order: "ord_1", status: "succeeded" };

const broken: readonly [what: string, promise: string, changed: Partial<Evidence>][] = [
  [
    "a deadline of a wrong clock",
    "I15 time",
    { history: [ok({ ...placed, detail: { words: "first", answer: LATER } })] },
  ],
  ["a told order that is gone", "I10 durability", { facts: { ...FACTS, orders: [] } }],
  [
    "one key with two answers",
    "I21 idempotency",
    { history: [...HISTORY, ok({ ...placed, id: 90, detail: { words: "first", answer: LATER } })] },
  ],
  [
    "other words that bought",
    "I21 idempotency",
    { history: [...HISTORY, ok({ key: "k1", order: "ord_1", detail: { words: "other", answer: DEADLINE } })] },
  ],
  [
    "a key that lost its order",
    "I21 idempotency",
    {
      history: [
        ...HISTORY,
        { ...placed, id: 91, type: "fail", detail: { words: "first", status: 409, code: "insufficient_stock" } },
      ],
    },
  ],
  [
    "a secret of two orders",
    "I1 unique",
    { history: [...HISTORY, revealed("ord_2", ["C1"])], facts: { ...FACTS, orders: [ORDER, OTHER] } },
  ],
  ["other secrets than before", "I11 stable view", { history: [...HISTORY, revealed("ord_1", ["C2"])] }],
  ["fewer secrets than bought", "I2 complete", { history: [placed, revealed("ord_1", ["C1"], 2)] }],
  ["a secret that nobody imported", "I14 import", { history: [placed, revealed("ord_1", ["C9"])] }],
  ["a delivered order with a card too many", "I2 complete", { facts: withOrder({ deliveredCards: 2 }) }],
  ["a ledger that says otherwise", "I5 agreement", { facts: withOrder({ ledgerDelivered: 0 }) }],
  ["a delivery without money", "I3 paid", { taken: [], facts: { ...FACTS, payments: [] } }],
  [
    "money without a delivery",
    "I7 nothing lost",
    { history: [placed], facts: withOrder({ status: "expired", deliveredCards: 0, ledgerDelivered: 0 }) },
  ],
  [
    "a debt that nobody is told of",
    "I7 nothing lost",
    { history: [placed], facts: withOrder({ status: "paid", isOwed: true, deliveredCards: 0, ledgerDelivered: 0 }) },
  ],
  ["a second payment that no finding names", "I7 nothing lost", { taken: [TAKEN, { ...TAKEN, tradeNo: "T2" }] }],
  ["a payment that is not on record", "I7 nothing lost", { facts: { ...FACTS, payments: [] } }],
  [
    "a payment that nobody made",
    "I8 payment identity",
    { facts: { ...FACTS, payments: [...FACTS.payments, { tradeNo: "T9", order: "ord_1", minor: "1" }] } },
  ],
  ["an acknowledged notice that is gone", "I10 durability", { facts: { ...FACTS, payments: [], events: [] } }],
  [
    "a forgery that was believed",
    "forged notices",
    { history: [...HISTORY, ok({ op: "forged notice", order: "ord_1", detail: { forgery: "wrong signature" } })] },
  ],
  [
    "a right notice that was refused",
    "I7 nothing lost",
    { history: [...HISTORY, { ...ok({ op: "notice", detail: { kind: "right" } }), type: "fail" }] },
  ],
  [
    "a trade that paid twice",
    "I8 payment identity",
    { history: [...HISTORY, ok({ op: "notice", detail: { kind: "trade of another order" } })] },
  ],
  [
    "a notice that was taken before its order was there",
    "I10 durability",
    { history: [...HISTORY, ok({ op: "notice", detail: { kind: "early" } })] },
  ],
  ["money given back twice", "I9 money", { given: [GIVEN, GIVEN], facts: { ...FACTS, refunds: [REFUND] } }],
  [
    "more given back than was paid",
    "I9 money",
    { given: [{ ...GIVEN, minor: "1001" }], facts: { ...FACTS, refunds: [REFUND] } },
  ],
  ["money given back that nobody asked for", "I9 money", { given: [GIVEN] }],
  [
    "money given back for a refund that is said to have failed",
    "I9 money",
    { given: [GIVEN], facts: { ...FACTS, refunds: [{ ...REFUND, status: "failed" }] } },
  ],
  ["a refund that never left the till", "I9 money", { facts: { ...FACTS, refunds: [REFUND] } }],
  ["a mail that never came", "I12 outbox", { letters: new Map() }],
  ["a mail that still waits", "I12 outbox", { facts: withMails({ status: "queued" }) }],
  ["a mail that was given up", "I12 outbox", { facts: withMails({ status: "failed" }) }],
  ["a second mail of one kind", "I12 outbox", { facts: withMails({}, { id: "m2" }) }],
  ["a delivery that nobody writes about", "I12 outbox", { facts: { ...FACTS, mails: [] }, letters: new Map() }],
  [
    "a letter that nobody asked for",
    "I12 outbox",
    {
      letters: new Map([
        ["m1", 1],
        ["m9", 1],
      ]),
    },
  ],
  ["a product off sale", "the shop's own audit", { facts: { ...FACTS, halts: ["invariant I1 unique"] } }],
  ["an alarm", "the shop's own audit", { facts: { ...FACTS, alarms: ["I1 {}"] } }],
  ["an audit that has stopped", "the shop's own audit", { facts: { ...FACTS, auditSilentSeconds: 31 } }],
  [
    "a delivery that was taken back",
    "I10 durability",
    {
      history: [placed, ok({ op: "read", order: "ord_1", detail: { status: "delivered" } })],
      facts: withOrder({ status: "refunded", deliveredCards: 0, ledgerDelivered: 0 }),
    },
  ],
  [
    "a cancellation that did not last",
    "I10 durability",
    {
      history: [placed, ok({ op: "cancel", order: "ord_1" })],
      taken: [],
      facts: { ...withOrder({ status: "pending", deliveredCards: 0, ledgerDelivered: 0 }), payments: [] },
    },
  ],
];

describe("the checker of the fault harness", () => {
  test("finds nothing wrong in a sale that went right", () => {
    expect(check(evidence())).toEqual([]);
  });

  test("nor in a late payment without stock that went back by itself", () => {
    const late = { status: "refunded", deliveredCards: 0, ledgerDelivered: 0 };
    const mails = [{ id: "m1", order: "ord_1", kind: "refund_done", status: "sent" }];
    const facts = { ...withOrder(late), refunds: [REFUND], mails };
    expect(check(evidence({ history: [placed], given: [GIVEN], facts }))).toEqual([]);
  });

  test.for(broken)("sees %s", ([, promise, changed]) => {
    expect(check(evidence(changed)).map((violation) => violation.promise)).toContain(promise);
  });
});
