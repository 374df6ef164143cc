import type { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { type Currency, money } from "@/lib/kernel/money";
import type { Db, Tx } from "@/lib/platform/db";
import type { OpenedPayment, PaymentRef, Presentation, RefundAnswer, VerifiedRefund } from "./gateways/port";
import type { ArrivedPayment } from "./inbox";

/** A payment that only tries an account: no order, no card. */
export interface TestPayment {
  readonly id: string;
  readonly accountId: string;
  readonly number: string;
  readonly outTradeNo: string;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly presentation: Presentation | null;
  readonly gatewayTradeNumber: string | null;
  readonly deadlineAt: Date;
  readonly createdAt: Date;
  readonly paidAt: Date | null;
  readonly paidMinor: bigint | null;
  readonly paidCurrency: string | null;
  readonly heardBy: "notice" | "query" | "statement" | null;
  readonly refundNumber: string | null;
  readonly refundState: "requested" | "processing" | "succeeded" | "failed" | null;
  readonly refundFailure: string | null;
}

type Row = Prisma.TestPaymentGetPayload<object>;
const toTest = (row: Row): TestPayment => row as unknown as TestPayment;

export interface TestDraft {
  readonly id: string;
  readonly accountId: string;
  readonly number: string;
  readonly outTradeNo: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly requestedBy: string;
}

/** Puts it on record before its gateway hears of it: a notice may come before the answer. */
export async function insertTest(tx: Tx, draft: TestDraft): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO test_payment (id, account_id, number, out_trade_no, amount_minor, currency, requested_by, deadline_at)
    VALUES (${draft.id}::uuid, ${draft.accountId}, ${draft.number}, ${draft.outTradeNo}, ${draft.amountMinor}::bigint, ${draft.currency},
            ${draft.requestedBy}::uuid, clock_timestamp() + make_interval(secs => ${limits.testPaymentSeconds}::int))`;
}

/** Keeps the way to pay, and the gateway's number when it told one. */
export async function keepTestOpening(
  db: Db,
  id: string,
  { presentation, gatewayTradeNo }: Pick<OpenedPayment, "presentation" | "gatewayTradeNo">,
): Promise<void> {
  await db.$executeRaw`
    UPDATE test_payment SET presentation = ${JSON.stringify(presentation)}::jsonb,
           gateway_trade_number = coalesce(gateway_trade_number, ${gatewayTradeNo})
     WHERE id = ${id}::uuid`;
}

/** The last ones of an account. */
export async function listTests(db: Db, accountId: string): Promise<readonly TestPayment[]> {
  const rows = await db.testPayment.findMany({
    where: { accountId },
    orderBy: { createdAt: "desc" },
    take: limits.testPaymentsListed,
  });
  return rows.map(toTest);
}

/** One by its id, or by the number that its gateway knows; null when there is none. */
export async function findTest(
  db: Db | Tx,
  by: { readonly id: string } | { readonly accountId: string; readonly outTradeNo: string },
): Promise<TestPayment | null> {
  const where = "id" in by ? { id: by.id } : { accountId_outTradeNo: by };
  const row = await db.testPayment.findUnique({ where });
  return row && toTest(row);
}

/** By every number that we have of it, for its gateway. */
export const refOf = (test: TestPayment): PaymentRef => ({
  outTradeNo: test.outTradeNo,
  gatewayTradeNo: test.gatewayTradeNumber,
  openedAmount: money(test.amountMinor, test.currency),
});

/** Notes what came in for it, the first time it is heard; true when the number is a test's at all. */
export async function noteTestPaid(tx: Tx, payment: ArrivedPayment): Promise<boolean> {
  const found = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM test_payment WHERE account_id = ${payment.account_id} AND out_trade_no = ${payment.out_trade_no} FOR UPDATE`;
  if (found.length === 0) return false;
  await tx.$executeRaw`
    UPDATE test_payment
       SET paid_at = date_trunc('milliseconds', clock_timestamp()), paid_minor = ${payment.amount_minor}::bigint,
           paid_currency = ${payment.currency}, heard_by = ${payment.source}, gateway_trade_number = ${payment.gateway_trade_number}
     WHERE account_id = ${payment.account_id} AND out_trade_no = ${payment.out_trade_no} AND paid_at IS NULL`;
  return true;
}

/** Takes the refund of one upon oneself: whoever comes second gets nothing, unless the first one failed. */
export async function claimTestRefund(tx: Tx, id: string, refundNumber: string): Promise<TestPayment | null> {
  const claimed = await tx.$executeRaw`
    UPDATE test_payment SET refund_number = ${refundNumber}, refund_state = 'requested', refund_failure = NULL
     WHERE id = ${id}::uuid AND paid_at IS NOT NULL AND (refund_state IS NULL OR refund_state = 'failed')`;
  return claimed === 1 ? findTest(tx, { id }) : null;
}

/** Moves its refund to what the gateway answered; what says nothing changes nothing. */
export async function moveTestRefund(db: Db | Tx, id: string, answer: RefundAnswer): Promise<void> {
  if (answer.state === "unknown" || answer.state === "not_found") return;
  const failure = answer.state === "failed" ? answer.code.slice(0, limits.gatewayReasonMax) : null;
  await db.$executeRaw`
    UPDATE test_payment
       SET refund_state = ${answer.state}, refund_failure = ${failure},
           refunded_at = CASE WHEN ${answer.state} = 'succeeded' THEN date_trunc('milliseconds', clock_timestamp()) END
     WHERE id = ${id}::uuid AND refund_state IN ('requested', 'processing')`;
}

/** Moves the refund that a gateway told of; true when it is a test's. */
export async function noteTestRefund(tx: Tx, accountId: string, told: VerifiedRefund): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM test_payment
     WHERE account_id = ${accountId}
       AND (out_trade_no = ${told.outTradeNo} OR refund_number = ${told.refundNo} OR gateway_trade_number = ${told.gatewayTradeNo})
     LIMIT 1`;
  const id = rows[0]?.id;
  if (!id) return false;
  if (told.state === "failed") await moveTestRefund(tx, id, { state: "failed", code: "" });
  else if (told.amount)
    await moveTestRefund(tx, id, { state: told.state, gatewayRefundNo: told.gatewayRefundNo, amount: told.amount });
  return true;
}
