import type { VerifiedPayment } from "@/lib/features/payments/gateways/port";
import { newId } from "@/lib/kernel/id";
import { createCoalescer } from "@/lib/platform/coalescer";
import { sha256 } from "@/lib/platform/crypto";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { observeBatch } from "@/lib/platform/measures";
import { isOutage } from "@/lib/platform/outage";
import { runSettle, type SettleRow, type SettleVerdict } from "./hot/settle-statement";
import { type SettleOutcome, settleAlone } from "./settle-alone";

/** How the money was heard of. */
export interface PaymentSource {
  readonly accountId: string;
  readonly source: "notice" | "query" | "statement";
}

/** A payment as the inbox holds it. */
export function rowOf(
  payment: VerifiedPayment,
  { accountId, source }: Pick<PaymentSource, "accountId"> & Pick<SettleRow, "source">,
): SettleRow {
  const { outTradeNo, gatewayTradeNo, amount } = payment;
  return {
    event_id: newId(),
    payment_id: newId(),
    account_id: accountId,
    source,
    // Independent of the source and of field order: a notice and a query that say the same are one event.
    dedupe: sha256([gatewayTradeNo, outTradeNo, amount.amountMinor, amount.currency].join("\n")).toString("hex"),
    out_trade_no: outTradeNo,
    gateway_trade_number: gatewayTradeNo,
    amount_minor: amount.amountMinor.toString(),
    currency: amount.currency,
    raw: JSON.stringify(payment.evidence),
  };
}

const keyOf = (row: SettleRow): string => `${row.account_id}\n${row.dedupe}`;

/** Equal events of one batch are one row; each asker gets its answer. */
async function runBatch(deps: Deps, rows: readonly SettleRow[]): Promise<SettleVerdict[]> {
  const distinct = new Map<string, SettleRow>();
  for (const row of rows) if (!distinct.has(keyOf(row))) distinct.set(keyOf(row), row);
  const answers = await runSettle(deps.hot, [...distinct.values()], []);
  const verdicts = new Map([...distinct.keys()].map((key, n) => [key, answers[n]?.verdict ?? "alone"]));
  return rows.map((row) => verdicts.get(keyOf(row)) as SettleVerdict);
}

/** A row whose batch failed leaves by the same statement again; what fails even so is judged in a transaction of its own. */
async function runAlone(deps: Deps, row: SettleRow): Promise<SettleVerdict> {
  try {
    return (await runBatch(deps, [row]))[0] as SettleVerdict;
  } catch (error) {
    if (isOutage(error)) throw error;
    return "alone";
  }
}

const batchesOf = (deps: Deps) =>
  ofDeps(deps, "payments.settle", () =>
    createCoalescer<SettleRow, SettleVerdict>({
      name: "settle",
      run: (rows) => runBatch(deps, rows),
      runAlone: (row) => runAlone(deps, row),
      onBatch: (batch) => observeBatch(deps.log, "settle", batch),
      now: () => performance.now(),
    }),
  );

/**
 * Records one verified payment and brings its order as far as it can go; when this returns, that is committed. The plain
 * case leaves with a batch; everything else is judged alone. Saying the same twice, from anywhere, has one effect.
 */
export async function settlePayment(
  deps: Deps,
  payment: VerifiedPayment,
  source: PaymentSource,
): Promise<SettleOutcome | "busy"> {
  const row = rowOf(payment, source);
  let answer = await batchesOf(deps).ask(row);
  // Mostly the same notice in another batch: a moment later it is a repeat, and no transaction is needed to say so.
  if (answer.ok && answer.value === "held") answer = await batchesOf(deps).ask(row);
  if (!answer.ok) return "busy";
  if (answer.value === "settled" || answer.value === "repeat") return answer.value;
  return settleAlone(deps, row);
}
