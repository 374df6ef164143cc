import { z } from "zod";
import { judgePayment } from "@/lib/features/orders/rules";
import { findOrderState } from "@/lib/features/orders/store";
import { findStrayMoney, type StrayMoney, type StrayPlace } from "@/lib/features/payments/stray-money";
import type { FindingHead } from "@/lib/features/reconciliation/find-finding";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { recordUnknownPayment } from "../record-unknown-payment";
import { factsOf } from "./order-facts";
import type { Change, PlainRemedy, ProvenRemedy } from "./remedy";

/** Where the money of a finding stands: its event in the inbox, or its line in a statement. */
export function placeOf({ eventId, detail }: Pick<FindingHead, "eventId" | "detail">): StrayPlace {
  const { fileId, line } = detail;
  const number = Number(line);
  if (eventId || typeof fileId !== "string" || !Number.isInteger(number)) return { eventId, line: null };
  return { eventId: null, line: { fileId, line: number } };
}

const strayOf = async ({ db }: Deps, finding: FindingHead): Promise<Result<StrayMoney, "no_payment">> => {
  const place = placeOf(finding);
  const stray = place.eventId || place.line ? await findStrayMoney(db, place) : null;
  return stray ? ok(stray) : err("no_payment");
};

/** The order that it is for, as it is written on its page. */
const RecordInput = z.object({
  orderNumber: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^\d{6}-[0-9A-Z]{5}-[0-9A-Z]{5}$/),
});
type RecordInput = z.output<typeof RecordInput>;

async function orderOf({ db }: Deps, { orderNumber }: RecordInput) {
  const found = await db.order.findUnique({ where: { number: orderNumber }, select: { id: true } });
  return found ? findOrderState(db, found.id) : null;
}

/** Puts money that nobody knew what it was for down to an order; much of it needs two names. */
export const recordPayment: ProvenRemedy<RecordInput> = {
  name: "record_payment",
  needsProof: true,
  input: RecordInput,
  async look(deps, _asker, finding, input) {
    const stray = await strayOf(deps, finding);
    if (!stray.ok) return stray;
    if (stray.value.isPlaced) return err("recorded_already");
    const order = await orderOf(deps, input);
    if (!order) return err("no_order");
    const { amountMinor, currency, gatewayTradeNumber } = stray.value;
    const verdict = judgePayment({ ...order, isSettled: order.settledPaymentId !== null }, { amountMinor, currency });
    const money = { amountMinor: amountMinor.toString(), currency };
    const changes = [
      { what: "payment_recorded", values: { ...money, trade: gatewayTradeNumber, order: order.number } },
      { what: `payment_is_${verdict}`, values: { order: order.number } },
    ];
    return ok({ changes, facts: [order.id, factsOf(order), gatewayTradeNumber], money: { amountMinor, currency } });
  },
  async apply(deps, actor, { finding, reason, facts }) {
    const [orderId] = facts as [string];
    const recorded = await recordUnknownPayment(deps, actor, { place: placeOf(finding), orderId, reason });
    if (recorded.ok) return ok(`payment_${recorded.value}`);
    // Begun before, and killed after it was written: it is this order's.
    return recorded.error === "recorded_already" && (await isOf(deps, finding, orderId))
      ? ok("payment_repeat")
      : recorded;
  },
  isGone: isPlaced,
};

async function isPlaced(tx: Tx, finding: FindingHead): Promise<boolean> {
  return (await findStrayMoney(tx, placeOf(finding)))?.isPlaced ?? false;
}

async function isOf({ db }: Deps, finding: FindingHead, orderId: string): Promise<boolean> {
  const stray = await findStrayMoney(db, placeOf(finding));
  if (!stray) return false;
  const { accountId, gatewayTradeNumber } = stray;
  return (await db.payment.count({ where: { accountId, gatewayTradeNumber, orderId } })) === 1;
}

/** Says that this is not a payment of ours; it stays on record as it was told, and the finding is accepted with the reason. */
export const markNotOurs: PlainRemedy<object> = {
  name: "mark_not_ours",
  needsProof: false,
  input: z.object({}),
  isAcceptance: true,
  async look(deps, _asker, finding) {
    const stray = await strayOf(deps, finding);
    const { amountMinor, currency } = stray.ok ? stray.value : finding;
    if (stray.ok && stray.value.isPlaced) return err("recorded_already");
    const money = amountMinor !== null && currency !== null ? { amountMinor, currency } : null;
    const words: Record<string, string> = money
      ? { amountMinor: money.amountMinor.toString(), currency: money.currency }
      : {};
    const changes: Change[] = [
      { what: money ? "money_not_ours" : "line_not_ours", values: words },
      { what: "finding_accepted" },
    ];
    return ok({ changes, facts: [finding.subject, stray.ok ? stray.value.gatewayTradeNumber : null], money });
  },
  apply: async () => ok("not_ours"),
  isGone: async () => false,
};
