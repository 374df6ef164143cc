import type { PaymentView } from "@/lib/features/orders/place-command";
import { lockOrder } from "@/lib/features/orders/store";
import { type OpenAccount, openAccounts } from "@/lib/features/payments/accounts";
import { choosePayee, isSameWay } from "@/lib/features/payments/ways";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Currency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { draftAttempt } from "./hot/draft-order";

export type StartRefusal = "not_found" | "not_payable" | "gateway_unavailable" | "too_many_attempts";

export interface StartCommand {
  readonly orderId: string;
  readonly accountId: string;
  /** An attempt that its gateway will have nothing of: it is not given again. */
  readonly instead?: string | undefined;
}

type Accounts = ReadonlyMap<string, OpenAccount>;
type Order = NonNullable<Awaited<ReturnType<typeof lockOrder>>>;
type Started = Result<PaymentView, StartRefusal>;

/** What the order has at the account that was named, or at another one that is the same way to pay: the latest, and how many. */
async function findKnown(tx: Tx, order: Order, { accounts, namedId }: { accounts: Accounts; namedId: string }) {
  const attempts = await tx.paymentAttempt.findMany({
    where: { orderId: order.id },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  const named = accounts.get(namedId);
  const ofWay = attempts.filter(({ accountId }) => {
    const account = accounts.get(accountId);
    return accountId === namedId || (account && named && isSameWay(account, named));
  });
  const isFull = ofWay.length >= limits.attemptsPerAccountMax || attempts.length >= limits.attemptsPerOrderMax;
  return { latest: ofWay.at(-1), isFull };
}

async function insertAttempt(deps: Deps, tx: Tx, order: Order, account: OpenAccount): Promise<Started> {
  const { number, locale } = await tx.order.findUniqueOrThrow({
    where: { id: order.id },
    select: { number: true, locale: true },
  });
  const draft = draftAttempt(deps, {
    orderId: order.id,
    orderNumber: number,
    locale: locale as "zh" | "en",
    account,
    amountMinor: order.totalMinor,
    currency: order.currency as Currency,
  });
  if (!draft.ok) return draft;
  const id = newId();
  await tx.$executeRaw`
    INSERT INTO payment_attempt (id, order_id, account_id, out_trade_no, amount_minor, currency, presentation, created_at, next_query_at)
    VALUES (${id}::uuid, ${order.id}::uuid, ${account.id}, ${draft.value.outTradeNo}, ${order.totalMinor}::bigint, ${order.currency},
            ${JSON.stringify(draft.value.presentation)}::jsonb, date_trunc('milliseconds', clock_timestamp()),
            clock_timestamp() + make_interval(secs => ${limits.queryIntervalSecondsMin}::int))`;
  return ok({ id, accountId: account.id, ...draft.value.presentation });
}

/**
 * Another way to pay an order, of exactly its total; the latest attempt of the same way is given again instead, so that a buyer who
 * asks twice does not pay twice. Which account of the way it goes to is decided as for a new order.
 */
export async function startPayment(
  deps: Deps,
  { orderId, accountId: namedId, instead }: StartCommand,
): Promise<Started> {
  // Before the transaction, which holds a connection and must not wait for a second one.
  const accounts = await openAccounts(deps);
  return inTransaction(deps.db, async (tx): Promise<Started> => {
    const order = await lockOrder(tx, orderId);
    if (!order) return err("not_found");
    if (order.status !== "pending" || order.isPastDeadline || order.paymentCount > 0) return err("not_payable");
    const { latest, isFull } = await findKnown(tx, order, { accounts, namedId });
    if (latest && latest.id !== instead) {
      const { id, accountId, presentation } = latest;
      return ok({ id, accountId, ...(presentation as { kind: string }) });
    }
    if (isFull) return err("too_many_attempts");
    const { merchantId, currency, totalMinor: amountMinor } = order;
    const chance = { now: deps.clock.now(), chance: Math.random() };
    const account = choosePayee(accounts, namedId, { merchantId, currency, amountMinor, ...chance });
    return account ? insertAttempt(deps, tx, order, account) : err("gateway_unavailable");
  });
}
