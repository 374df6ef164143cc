import { type Bug, chaos, integration, simulation, unit } from "./bug";

const SETTLE = "lib/flows/hot/settle-statement.ts";
const ALONE = "lib/flows/settle-alone.ts";
const NOTICE = "lib/features/payments/gateways/epay/notice.ts";
const ACCEPT = "lib/flows/accept-notification.ts";
const ASK = "lib/flows/ask-gateway.ts";

/** What becomes of a payment. */
export const moneyBugs: readonly Bug[] = [
  {
    name: "answer before commit",
    breaks: "I10 durability: the gateway hears success before the payment is committed",
    patches: [
      {
        file: ACCEPT,
        find: "const outcome = await settlePayment(deps, said.payment, source);",
        replace:
          'void settlePayment(deps, said.payment, source).catch(() => {});\n      const outcome = "settled" as string;',
      },
    ],
    checks: [integration("payments/settle-in-trouble"), chaos(7, "kill:settle.arrived", "eat:commit")],
  },
  {
    name: "amount as float",
    breaks: "I3 paid: 19.90 becomes 1989",
    patches: [
      {
        file: NOTICE,
        find: 'const amount = parseDecimal(moneyText, "CNY");',
        replace:
          'const amount = { ok: true, value: { amountMinor: BigInt(Math.floor(Number(moneyText) * 100) || 0), currency: "CNY" } } as unknown as Extract<ReturnType<typeof parseDecimal>, { ok: true }>;',
      },
    ],
    checks: [unit("payments/epay-properties"), unit("payments/epay-vectors"), unit("payments/epay-attacks")],
  },
  {
    name: "any amount will do",
    breaks: "I3 paid: an order is delivered for less than its total",
    patches: [{ file: SETTLE, find: "AND a.amount_minor = o.total_minor AND a.currency = o.currency", replace: "" }],
    checks: [integration("payments/settle-payment")],
  },
  {
    name: "expired and paid is refused",
    breaks: "I7 nothing lost: late money is dropped",
    patches: [
      { file: SETTLE, find: "o.status IN ('pending', 'expired', 'cancelled')", replace: "o.status = 'pending'" },
      {
        file: ALONE,
        find: "  const event = await recordEvent(tx, row, { orderId: order.id, verdict: null });",
        replace:
          '  if (order.status === "expired" || order.status === "cancelled") return ok("repeat");\n  const event = await recordEvent(tx, row, { orderId: order.id, verdict: null });',
      },
    ],
    checks: [integration("payments/settle-payment")],
  },
  {
    name: "a second payment is swallowed",
    breaks: "I8 payment identity: no finding names the money that was paid twice",
    patches: [
      {
        file: ALONE,
        find: 'if (verdict !== "settled") {',
        replace: 'if (verdict === "double") return verdict;\n  if (verdict !== "settled") {',
      },
    ],
    checks: [integration("payments/settle-payment")],
  },
  {
    name: "one trade pays for two orders",
    breaks: "I8 payment identity: a known trade number is good for another order",
    patches: [
      {
        file: ALONE,
        find: "if (known && (known.orderId !== order.id || known.amountMinor.toString() !== row.amount_minor)) {",
        replace: "if (false as boolean) {",
      },
    ],
    checks: [integration("payments/settle-payment")],
  },
  {
    name: "already told is already done",
    breaks: "I7 nothing lost: what is in the inbox is not judged again",
    patches: [
      {
        file: ALONE,
        find: "if (!event.isNew) await resolveEarlier(tx, eventId);",
        replace: 'if (!event.isNew) return ok("repeat");',
      },
    ],
    checks: [integration("payments/settle-in-trouble"), integration("payments/early-notice")],
  },
  {
    name: "success for an order that is not there",
    breaks: "I7 nothing lost: the gateway stops telling",
    patches: [
      { file: ACCEPT, find: 'outcome !== "unknown_order" && outcome !== "busy"', replace: 'outcome !== "busy"' },
    ],
    checks: [integration("payments/settle-payment")],
  },
  {
    name: "debts are forgotten",
    breaks: "I7 nothing lost: an owed order has no finding",
    patches: [
      {
        file: ALONE,
        find: '  await openFinding(tx, { kind: "owed_order", subject: order.id, orderId: order.id, ...detail });\n',
        replace: "",
      },
    ],
    checks: [integration("payments/settle-payment"), simulation],
  },
  {
    name: "an answer is another's",
    breaks: "I21 idempotency: the verdicts of a batch are handed out in the wrong order",
    patches: [
      {
        file: "lib/platform/coalescer.ts",
        find: "value: answers[index] as Answer",
        replace: "value: answers[answers.length - 1 - index] as Answer",
      },
    ],
    checks: [unit("platform/coalescer")],
  },
  {
    name: "any signature will do",
    breaks: "forged notices: the signature is not compared",
    patches: [
      {
        file: "lib/features/payments/gateways/epay/codec.ts",
        find: 'return timingSafeEqual(Buffer.from(sign, "latin1"), Buffer.from(signatureOf(pairs, key), "latin1"));',
        replace:
          'return timingSafeEqual(Buffer.from(sign, "latin1"), Buffer.from(sign, "latin1")) || signatureOf(pairs, key) === sign;',
      },
    ],
    checks: [unit("payments/epay-attacks"), unit("payments/epay-vectors")],
  },
  {
    name: "any account will do",
    breaks: "forged notices: another merchant's payment buys our cards",
    patches: [{ file: NOTICE, find: 'if (pid !== config.pid) return err("other_account");', replace: "" }],
    checks: [unit("payments/epay-attacks")],
  },
  {
    name: "any status will do",
    breaks: "I3 paid: a payment that has not happened is one",
    patches: [{ file: NOTICE, find: 'if (status !== "TRADE_SUCCESS") return err("not_success");', replace: "" }],
    checks: [unit("payments/epay-attacks")],
  },
  {
    name: "money given back buys a card",
    breaks: "I3 paid: the gateway's refund is read as a payment",
    patches: [
      {
        file: ASK,
        find: "await recordOutsideRefund(deps",
        replace: "await settlePayment(deps",
      },
    ],
    checks: [integration("payments/query-payments")],
  },
  {
    name: "nobody asks the gateway",
    breaks: "I7 nothing lost: a payment without a notice is never found",
    patches: [
      {
        file: ASK,
        find: 'return (await settlePayment(deps, answer.payment, source)) === "busy" ? "busy" : "paid";',
        replace: 'return "paid";',
      },
    ],
    checks: [integration("payments/query-payments")],
  },
  {
    name: "a balance that is spent twice",
    breaks: "I23 wallet: the debit is written and the balance stays",
    patches: [
      {
        file: "lib/features/wallets/store.ts",
        find: "UPDATE wallet SET balance_minor = balance_minor + ${amountMinor}::bigint",
        replace: "UPDATE wallet SET balance_minor = balance_minor + greatest(0, ${amountMinor}::bigint)",
      },
    ],
    checks: [integration("wallets/wallets")],
  },
  {
    name: "two tabs pay twice",
    breaks: "I23 wallet: each tab's click is an intention of its own",
    patches: [
      {
        file: "lib/features/wallets/store.ts",
        find: "`payment:${attemptId}`",
        replace: "`payment:${attemptId}:${newId()}`.slice(0, 100)",
      },
      {
        file: "lib/flows/pay-with-balance.ts",
        find: 'if (order.status !== "pending" || order.isPastDeadline || order.paymentCount > 0) return err("not_payable");',
        replace: "",
      },
      {
        file: "lib/flows/pay-with-balance.ts",
        find: 'return settled.value === "settled" || settled.value === "owed" ? settled : err("not_payable");',
        replace: "return settled;",
      },
    ],
    checks: [integration("wallets/wallets")],
  },
];
