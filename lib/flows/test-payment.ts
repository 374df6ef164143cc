import { findAccount, notifyUrlOf, type OpenAccount } from "@/lib/features/payments/accounts";
import { noteSaid } from "@/lib/features/payments/gateway-health";
import type { CreateInput, GatewayKind, OpenAnswer } from "@/lib/features/payments/gateways/port";
import {
  claimTestRefund,
  findTest,
  insertTest,
  keepTestOpening,
  moveTestRefund,
  refOf,
  type TestPayment,
} from "@/lib/features/payments/test-payments";
import { transportOf } from "@/lib/features/payments/transport-of";
import { newId, newOrderNumber, newOutTradeNo, randomText } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { type Currency, money, parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { takeTurn } from "@/lib/platform/rate-limit";
import { settlePayment } from "./settle-payment";

type Admin = Extract<Viewer, { kind: "admin" }>;

/** Minor units, small to large: the first one that the gateway's own bounds let through is the smallest that it takes. */
const LADDER = [1n, 10n, 50n, 100n, 400n, 500n, 1_000n, 5_000n, 10_000n, 1_000_000n];
/** Servers that ask for coins refuse what is less than their smallest amount of coin, and do not say before how much that is. */
const PRICED_IN_COIN: ReadonlySet<GatewayKind> = new Set(["epusdt", "tokenpay"]);

const TESTS = { name: "test-payment", points: limits.testPaymentsPerHour, seconds: 3_600 };

/**
 * - not_found: there is no such account · not_testable: no server stands behind it · amount_malformed: no amount of its currency
 * - gateway_refused: it does not take such a payment · gateway_silent: no answer that means anything · rate_limited: tried too often
 */
export type TestPaymentRefusal =
  | "not_found"
  | "not_testable"
  | "amount_malformed"
  | "gateway_refused"
  | "gateway_silent"
  | "rate_limited";

type Draft = { readonly input: CreateInput; readonly needsOpening: boolean };

/** The smallest payment that the account's gateway would take, or the one of this amount. */
function draft(deps: Deps, account: OpenAccount, amounts: readonly bigint[]): Draft | null {
  const path = `/zh/admin/gateways/${account.id}`;
  const fixed = {
    outTradeNo: newOutTradeNo(),
    orderNumber: `TEST-${newOrderNumber(deps.clock.now())}`,
    notifyUrl: notifyUrlOf(deps, account),
    returnUrl: `${deps.env.publicUrl}${path}`,
  };
  for (const amountMinor of amounts) {
    const input = { ...fixed, amount: money(amountMinor, account.currency) };
    const created = account.gateway.createPayment(input);
    if (created.ok) return { input, needsOpening: created.value.kind === "on_request" };
  }
  return null;
}

async function open(deps: Deps, account: OpenAccount, { input, needsOpening }: Draft): Promise<OpenAnswer> {
  if (needsOpening && account.gateway.openPayment) {
    const expiresAt = deps.clock.now() + limits.testPaymentSeconds * 1_000;
    const answer = await account.gateway.openPayment({ ...input, expiresAt, device: "desktop" }, transportOf(deps));
    await noteSaid(deps, account.id, answer);
    return answer;
  }
  const created = account.gateway.createPayment(input);
  if (!created.ok || created.value.kind === "on_request") return { state: "refused", code: "not_created" };
  return { state: "opened", opened: { presentation: created.value, gatewayTradeNo: null, closesAt: null } };
}

/** 0 of what is no amount. */
function minorOf(text: string, currency: Currency): bigint {
  const amount = parseDecimal(text, currency);
  return amount.ok ? amount.value.amountMinor : 0n;
}

/** An amount that an admin typed, else every one that may be the smallest. */
function amountsOf({ kind, currency, terms }: OpenAccount, typed: string): readonly bigint[] | null {
  const least = terms.amountMinMinor ?? (PRICED_IN_COIN.has(kind) ? minorOf("1", currency) : 0n);
  if (typed === "") return LADDER.filter((amount) => amount >= least);
  const amount = minorOf(typed, currency);
  return amount > 0n ? [amount] : null;
}

/**
 * Begins a real payment of the smallest amount through an account, active or not, to see that the way from here to the gateway and back
 * works. On record before the gateway hears of it, under a number that no order has; nothing is sold by it.
 */
export async function startTestPayment(
  deps: Deps,
  viewer: Admin,
  { accountId, amount }: { accountId: string; amount: string },
): Promise<Result<{ id: string }, TestPaymentRefusal>> {
  const account = await findAccount(deps, accountId);
  if (!account) return err("not_found");
  if (account.gateway.accepted.status >= 400) return err("not_testable");
  const amounts = amountsOf(account, amount);
  if (!amounts) return err("amount_malformed");
  if (!(await takeTurn(deps, TESTS, accountId))) return err("rate_limited");
  const drafted = draft(deps, account, amounts);
  if (!drafted) return err("gateway_refused");
  const id = newId();
  const { outTradeNo, orderNumber: number, amount: asked } = drafted.input;
  const { amountMinor, currency } = asked;
  await inTransaction(deps.db, async (tx) => {
    await insertTest(tx, { id, accountId, number, outTradeNo, amountMinor, currency, requestedBy: viewer.userId });
    await recordAudit(tx, {
      actor: viewer,
      action: "gateway_account.test_payment_started",
      subjectKind: "gateway_account",
      subjectId: accountId,
      detail: { number, amountMinor: `${amountMinor}`, currency },
    });
    return ok(null);
  });
  const answer = await open(deps, account, drafted);
  if (answer.state === "opened") {
    await keepTestOpening(deps.db, id, answer.opened);
    return ok({ id });
  }
  const said = answer.state === "refused" ? answer.code : answer.reason;
  deps.log.warn("gateway.test_not_opened", { accountId, state: answer.state, said });
  return err(answer.state === "refused" ? "gateway_refused" : "gateway_silent");
}

/** How a test payment stands by its gateway's own word; what that vouches for is on record when this returns. */
export async function askTestPayment(
  deps: Deps,
  test: TestPayment,
  timeoutMs?: number,
): Promise<"paid" | "pending" | "unknown"> {
  const account = await findAccount(deps, test.accountId);
  if (!account) return "unknown";
  const transport = { ...transportOf(deps), ...(timeoutMs && { timeoutMs }) };
  const answer = await account.gateway.queryPayment(refOf(test), transport);
  await noteSaid(deps, account.id, answer);
  if (answer.state === "unknown") return "unknown";
  if (answer.state !== "paid") return "pending";
  await settlePayment(deps, answer.payment, { accountId: account.id, source: "query" });
  return "paid";
}

/** Asks the gateway about a test payment, and about its refund when one is under way. */
export async function checkTestPayment(
  deps: Deps,
  _viewer: Admin,
  id: string,
): Promise<Result<"paid" | "pending" | "unknown", "not_found">> {
  const test = await findTest(deps.db, { id });
  if (!test) return err("not_found");
  if (!test.paidAt) return ok(await askTestPayment(deps, test));
  if (test.refundState === "requested" || test.refundState === "processing") await askRefund(deps, test);
  return ok("paid");
}

const refundInputOf = (test: TestPayment, refundNo: string) => {
  const paid = money(test.paidMinor ?? test.amountMinor, test.currency);
  return { ...refOf(test), refundNo, amount: paid, total: paid };
};

async function askRefund(deps: Deps, test: TestPayment): Promise<void> {
  const refunds = (await findAccount(deps, test.accountId))?.gateway.refunds;
  if (!refunds || !test.refundNumber) return;
  const answer = await refunds.queryRefund(refundInputOf(test, test.refundNumber), transportOf(deps));
  await moveTestRefund(deps.db, test.id, answer);
}

/**
 * Gives the money of a test payment back through its gateway, once, however often it is pressed: what was asked and not answered is asked
 * about, and never told a second time.
 */
export async function refundTestPayment(
  deps: Deps,
  viewer: Admin,
  id: string,
): Promise<Result<null, "not_found" | "by_hand_only" | "nothing_left">> {
  const known = await findTest(deps.db, { id });
  if (!known) return err("not_found");
  const refunds = (await findAccount(deps, known.accountId))?.gateway.refunds;
  if (!refunds) return err("by_hand_only");
  const claimed = await inTransaction<TestPayment, "nothing_left">(deps.db, async (tx) => {
    const test = await claimTestRefund(tx, id, `T${randomText(31)}`);
    if (!test) return err("nothing_left");
    await recordAudit(tx, {
      actor: viewer,
      action: "gateway_account.test_payment_refunded",
      subjectKind: "gateway_account",
      subjectId: test.accountId,
      detail: { number: test.number, refundNo: test.refundNumber ?? "" },
    });
    return ok(test);
  });
  if (!claimed.ok) return claimed;
  const test = claimed.value;
  const answer = await refunds.refund(refundInputOf(test, test.refundNumber ?? ""), transportOf(deps));
  await noteSaid(deps, test.accountId, answer);
  await moveTestRefund(deps.db, id, answer);
  return ok(null);
}
