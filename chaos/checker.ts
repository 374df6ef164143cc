import { checkRefunds } from "./check-refunds";
import type { Facts } from "./facts";
import type { Given, Taken } from "./gateway";
import { groupBy } from "./group-by";
import type { Entry } from "./history";

/** A promise that was broken, and by what. */
export interface Violation {
  readonly promise: string;
  readonly what: string;
}

export interface Evidence {
  readonly history: readonly Entry[];
  /** What buyers really paid, as the gateway knows it. */
  readonly taken: readonly Taken[];
  /** What left the gateway's till again at the shop's word. */
  readonly given: readonly Given[];
  readonly facts: Facts;
  /** Every card text that was ever imported. */
  readonly imported: ReadonlySet<string>;
  /** How often each letter came to the mail server, by the id of its mail. */
  readonly letters: ReadonlyMap<string, number>;
  /** How long an unpaid order is to be held. */
  readonly reservationMs: number;
}

type Order = Facts["orders"][number];

const told = (history: readonly Entry[], op: Entry["op"]): Entry[] =>
  history.filter((entry) => entry.op === op && entry.type === "ok");

/** I10, I21: an order that was told is there; one key has one answer, to the byte, and none for other words. */
function checkPlaced({ history, facts }: Evidence): Violation[] {
  const known = new Map(facts.orders.map((order) => [order.id, order]));
  const placed = told(history, "place");
  const lost = placed.filter(({ order }) => !known.has(order ?? ""));
  const wrong = placed.filter(({ detail }) => detail?.words === "other");
  const answers = groupBy(placed, ({ key }) => key);
  const torn = [...answers].filter(([, group]) => new Set(group.map(({ detail }) => detail?.answer)).size > 1);
  const refused = history.filter(
    ({ op, type, key, detail, id }) =>
      op === "place" &&
      type === "fail" &&
      detail?.words === "first" &&
      detail.status !== 429 &&
      // Told the order before it asked again, and then told no.
      (answers.get(key ?? "") ?? []).some((earlier) => earlier.id < id),
  );
  return [
    ...lost.map(({ order }) => ({ promise: "I10 durability", what: `order ${order} was told and is not there` })),
    ...wrong.map(({ key }) => ({ promise: "I21 idempotency", what: `${key} bought again with other words` })),
    ...torn.map(([key]) => ({ promise: "I21 idempotency", what: `${key} got two different answers` })),
    ...refused.map(({ key, detail }) => ({
      promise: "I21 idempotency",
      what: `${key} had an order, and was then told ${detail?.status} ${detail?.code}`,
    })),
  ];
}

const CLOCK_SLACK_MS = 2_000;

/** I15: the deadline that a buyer is told is as far away as it should be, whatever the clock of the process says that told it. */
function checkDeadlines({ history, reservationMs }: Evidence): Violation[] {
  const askedAt = new Map<string, number>();
  for (const { op, type, key = "", at } of history)
    if (op === "place" && type === "invoke" && !askedAt.has(key)) askedAt.set(key, at);
  return told(history, "place").flatMap(({ key = "", order, at, detail }) => {
    const { deadlineAt } = JSON.parse(String(detail?.answer)) as { deadlineAt: string };
    const placedAt = Date.parse(deadlineAt) - reservationMs;
    if (placedAt > (askedAt.get(key) ?? 0) - CLOCK_SLACK_MS && placedAt < at + CLOCK_SLACK_MS) return [];
    return [{ promise: "I15 time", what: `order ${order} was told ${deadlineAt} for its deadline` }];
  });
}

/** I1, I2, I11: each secret is one order's for ever, whole, and from the shelves. */
function checkSecrets({ history, imported, facts }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const ownerOf = new Map<string, string>();
  const shown = new Map<string, string>();
  const known = new Map(facts.orders.map((order) => [order.id, order]));
  for (const { order = "", detail } of told(history, "reveal")) {
    const secrets = detail?.secrets as string[];
    const add = (promise: string, what: string) => violations.push({ promise, what: `order ${order} ${what}` });
    if (secrets.length !== detail?.quantity)
      add("I2 complete", `revealed ${secrets.length} of ${detail?.quantity} cards`);
    const before = shown.get(order) ?? secrets.join("\n");
    if (before !== secrets.join("\n")) add("I11 stable view", "revealed other cards than before");
    shown.set(order, before);
    for (const secret of secrets) {
      const owner = ownerOf.get(secret) ?? order;
      if (owner !== order) add("I1 unique", `was shown a card of order ${owner}`);
      ownerOf.set(secret, owner);
      if (!imported.has(secret)) add("I14 import", "was shown what nobody imported");
    }
    if (known.get(order)?.status !== "delivered") add("I10 durability", "revealed cards and is not delivered");
  }
  return violations;
}

/** Whatever an order is, it holds exactly the cards that it paid for, in the table and in the ledger, or none. */
function checkOrder(order: Order, taken: readonly Taken[], refunds: Facts["refunds"]): Violation[] {
  const violations: Violation[] = [];
  const add = (promise: string, what: string) =>
    violations.push({ promise, what: `order ${order.id} (${order.status}, ${order.exception}) ${what}` });
  const cards = order.status === "delivered" ? order.quantity : 0;
  if (order.deliveredCards !== cards) add("I2 complete", `holds ${order.deliveredCards} delivered cards, not ${cards}`);
  if (order.ledgerDelivered !== cards)
    add("I5 agreement", `has ${order.ledgerDelivered} cards in the ledger, not ${cards}`);
  const right = taken.filter(({ minor }) => minor === order.totalMinor);
  if (right.length === 0 && cards > 0) add("I3 paid", "was delivered for nothing");
  const isGoingBack = (order.status === "refunding" || order.status === "refunded") && refunds.length > 0;
  const isServed = order.status === "delivered" || (order.status === "paid" && order.isOwed) || isGoingBack;
  if (right.some(({ isGivenBack }) => !isGivenBack) && !isServed)
    add("I7 nothing lost", "was paid, and is neither delivered nor owed, nor does its money go back");
  if (order.isOwed && order.openFindings === 0) add("I7 nothing lost", "is owed, and nobody is told");
  const needsFinding =
    taken.length > 1 || taken.some(({ minor, isGivenBack }) => minor !== order.totalMinor || isGivenBack);
  if (needsFinding && order.findings === 0 && !(taken.length === 1 && isServed))
    add("I7 nothing lost", "has money that no finding names");
  return violations;
}

/** I3, I7, I8: every payment ends somewhere, and nothing is delivered without one. */
function checkPayments({ history, taken, facts }: Evidence): Violation[] {
  const byOrder = groupBy(taken, ({ order }) => order);
  const paidBy = new Map(facts.payments.map((payment) => [payment.tradeNo, payment]));
  const events = groupBy(facts.events, ({ tradeNo }) => tradeNo);
  const refunds = groupBy(facts.refunds, ({ order }) => order);
  const lost = taken.filter(({ tradeNo, isGivenBack, minor, order }) => {
    const payment = paidBy.get(tradeNo);
    if (payment) return payment.minor !== minor || payment.order !== order;
    return !(isGivenBack && (events.get(tradeNo) ?? []).some(({ hasFinding }) => hasFinding));
  });
  const unknown = facts.payments.filter(({ tradeNo }) => !taken.some((one) => one.tradeNo === tradeNo));
  const acknowledged = told(history, "notice").filter(
    ({ detail }) =>
      detail?.kind === "right" && !events.has(String(detail.tradeNo)) && !paidBy.has(String(detail.tradeNo)),
  );
  return [
    ...facts.orders.flatMap((order) => checkOrder(order, byOrder.get(order.id) ?? [], refunds.get(order.id) ?? [])),
    ...lost.map(({ tradeNo, order }) => ({
      promise: "I7 nothing lost",
      what: `payment ${tradeNo} of ${order} is not on record as it was`,
    })),
    ...unknown.map(({ tradeNo }) => ({ promise: "I8 payment identity", what: `payment ${tradeNo} was never made` })),
    ...acknowledged.map(({ detail }) => ({
      promise: "I10 durability",
      what: `notice ${detail?.tradeNo} was answered with success and is gone`,
    })),
  ];
}

/** The gateway's words: success for what it sent, never for what it did not. */
function checkWords({ history }: Evidence): Violation[] {
  const forged = told(history, "forged notice").map(({ order, detail }) => ({
    promise: "forged notices",
    what: `${detail?.forgery} for ${order} was answered with success`,
  }));
  const notices = history.filter(({ op }) => op === "notice");
  const reused = notices.filter(({ type, detail }) => type === "ok" && detail?.kind === "trade of another order");
  const refused = notices.filter(({ type, detail }) => type === "fail" && detail?.kind === "right");
  const early = notices.filter(({ type, detail }) => type === "ok" && detail?.kind === "early");
  return [
    ...forged,
    ...reused.map(({ order, detail }) => ({
      promise: "I8 payment identity",
      what: `trade ${detail?.tradeNo} paid for ${order} too`,
    })),
    ...early.map(({ order }) => ({
      promise: "I10 durability",
      what: `a notice was answered with success before its order ${order} was committed`,
    })),
    ...refused.map(({ order, detail }) => ({
      promise: "I7 nothing lost",
      what: `a right notice for ${order} was refused with ${detail?.status}`,
    })),
  ];
}

/** I10: what was told once is never taken back. */
function checkStatus({ history, facts, taken }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const statusOf = new Map(facts.orders.map(({ id, status }) => [id, status]));
  const paid = new Set(taken.map(({ order }) => order));
  for (const [order, reads] of groupBy(told(history, "read"), (entry) => entry.order)) {
    const ever = reads.some(({ detail }) => detail?.status === "delivered");
    if (ever && statusOf.get(order) !== "delivered")
      violations.push({
        promise: "I10 durability",
        what: `order ${order} was delivered and is ${statusOf.get(order)}`,
      });
  }
  for (const { order = "" } of told(history, "cancel")) {
    const status = statusOf.get(order);
    if (status !== "cancelled" && !paid.has(order))
      violations.push({ promise: "I10 durability", what: `order ${order} was cancelled and is ${status}` });
  }
  return violations;
}

/** I12: one mail of a kind per order, each sent mail came, a repeat under the id of the first; every delivery is written about. */
function checkMails({ facts, letters }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const add = (what: string) => violations.push({ promise: "I12 outbox", what });
  const known = new Set(facts.mails.map(({ id }) => id));
  for (const { id, kind, order, status } of facts.mails) {
    if (status !== "sent") add(`the mail ${kind} of ${order} is ${status}`);
    else if (!letters.has(id)) add(`the mail ${kind} of ${order} was sent, and never came`);
  }
  for (const id of letters.keys()) if (!known.has(id)) add(`a letter came that no mail is on record for: ${id}`);
  // Of a refund's steps there is a mail each, and an order may have several refunds.
  const once = facts.mails.filter(({ kind }) => !kind.startsWith("refund"));
  const ofOrder = groupBy(once, ({ order, kind }) => (order === null ? undefined : `${order} ${kind}`));
  for (const [name, mails] of ofOrder) if (mails.length > 1) add(`${mails.length} mails of one kind: ${name}`);
  for (const { id, status } of facts.orders)
    if (status === "delivered" && !ofOrder.has(`${id} order_delivered`))
      add(`order ${id} is delivered, and no mail says so`);
  return violations;
}

const AUDIT_SILENT_SECONDS_MAX = 30;

/** The shop watches itself through all of this: it goes on, and sees nothing wrong where nothing is. */
function checkOwnAudit({ facts: { halts, alarms, auditSilentSeconds } }: Evidence): Violation[] {
  const promise = "the shop's own audit";
  return [
    ...halts.map((reason) => ({ promise, what: `took a product off sale: ${reason}` })),
    ...alarms.map((alarm) => ({ promise, what: `says that a promise is broken: ${alarm}` })),
    ...(auditSilentSeconds > AUDIT_SILENT_SECONDS_MAX
      ? [{ promise, what: `ended its last pass ${auditSilentSeconds} s ago` }]
      : []),
  ];
}

/** Compares what clients were told with what is there. Pure; it knows the promises and none of the shop's code. */
export const check = (evidence: Evidence): Violation[] => [
  ...checkPlaced(evidence),
  ...checkDeadlines(evidence),
  ...checkSecrets(evidence),
  ...checkPayments(evidence),
  ...checkRefunds(evidence),
  ...checkWords(evidence),
  ...checkStatus(evidence),
  ...checkMails(evidence),
  ...checkOwnAudit(evidence),
];
