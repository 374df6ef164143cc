import { type Bug, integration, simulation } from "./bug";

/** What becomes of money that goes back, and of the gateways' own books. */
export const refundBugs: readonly Bug[] = [
  {
    name: "a refunded card stays on sale to nobody and with its buyer",
    breaks: "I9 money: the money is back, and the card is still shown",
    patches: [
      {
        file: "lib/flows/follow-refunds.ts",
        find: '    const withdrawn = await withdrawDelivered(tx, { orderId, cardIds });\n    assert(withdrawn === cardIds.length, "every card of a refunded order was delivered to it");\n',
        replace: "",
      },
      {
        file: "lib/flows/follow-refunds.ts",
        find: 'import { releaseCards, tryLockStock, withdrawDelivered } from "@/lib/features/inventory/store";',
        replace: 'import { releaseCards, tryLockStock } from "@/lib/features/inventory/store";',
      },
    ],
    checks: [integration("payments/refunds"), simulation],
  },
  {
    name: "silence is a refusal",
    breaks: "I9 money: a refund whose answer was lost is put on record as failed, and made again",
    patches: [
      {
        file: "lib/flows/drive-refunds.ts",
        find: '  if (answer.state === "unknown" || answer.state === "not_found") return;\n',
        replace:
          '  if (answer.state === "not_found") return;\n  if (answer.state === "unknown") return record(deps, due, { state: "failed", code: "silent" });\n',
      },
    ],
    checks: [integration("payments/refunds-in-trouble"), simulation],
  },
  {
    name: "a second payment is given back out of the first one's money",
    breaks: "I9 money: the till and the books name two payments",
    patches: [
      {
        file: "lib/features/payments/gateways/epay/refund.ts",
        find: "input.gatewayTradeNo !== null && before.payment.gatewayTradeNo !== input.gatewayTradeNo",
        replace: "input.gatewayTradeNo === before.payment.gatewayTradeNo.slice(1)",
      },
    ],
    checks: [integration("gateways/epay-giving-back")],
  },
  {
    name: "a chunk of a statement goes in before the one before it",
    breaks: "I10 durability: the rows of a chunk that is written again are lost",
    patches: [
      {
        file: "lib/features/statements/store.ts",
        find: "WHERE f.stored_line >= $3::int AND i.line > f.stored_line",
        replace: "WHERE $3::int IS NOT NULL AND i.line > f.stored_line",
      },
      {
        file: "lib/features/statements/store.ts",
        find: '  if (storedLine < chunk.from) return "early";\n',
        replace: "",
      },
    ],
    checks: [integration("statements/store-statement")],
  },
];
