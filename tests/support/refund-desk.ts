import type { PlacedOrder } from "@/lib/features/orders/place-command";
import { driveRefunds } from "@/lib/flows/drive-refunds";
import type { RequestRefund } from "@/lib/flows/request-refund";
import { settlePayment } from "@/lib/flows/settle-payment";
import { newId } from "@/lib/kernel/id";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import type { EnvSource } from "@/lib/platform/env";
import type { TestDatabase } from "./database";
import { expectInvariants } from "./invariants";
import { connectPaper, PaperGateway } from "./paper-gateway";
import { proven } from "./proven";
import { openDeps, openShop, type StockOptions, type TestShop } from "./shop";
import { test } from "./test";

export const ADMIN = proven({ kind: "admin", userId: newId() });

/** A shop of two processes with two gateways that give back: one knows our numbers of refunds, the other does not. */
export async function openRefundDesk(database: TestDatabase, env: EnvSource = {}) {
  const paper = new PaperGateway("paper");
  const forgetful = new PaperGateway("forgetful");
  forgetful.isRefundIdempotent = false;
  const shop = await openShop(database, env);
  const other = openDeps(database, env);
  for (const deps of [shop.deps, other]) await connectPaper(shop, deps, [paper, forgetful]);
  return { shop, other, paper, forgetful, ...desk(shop, paper), ...lives(shop, other, [paper, forgetful]) };
}

export type RefundDesk = Awaited<ReturnType<typeof openRefundDesk>>;

/** The desk of a test file: opened before its first test, calm before each, and its books audited after the last. */
export function refundDesk(): RefundDesk {
  const desk = {} as RefundDesk;
  test.beforeAll(async ({ database }) => {
    Object.assign(desk, await openRefundDesk(database));
  });
  test.beforeEach(() => desk.calm());
  test.afterAll(async ({ database }) => {
    await desk.close();
    await expectInvariants(database);
  });
  return desk;
}

const lives = (shop: TestShop, other: Deps, gateways: readonly PaperGateway[]) => ({
  /** Gateways answer at once again, and have heard nothing. */
  calm() {
    for (const gateway of gateways) {
      gateway.before = async () => undefined;
      gateway.calls.length = 0;
      gateway.isRefundSlow = false;
      gateway.isRefundBlind = false;
      gateway.refundFailure = null;
    }
  },
  async close() {
    await closeDeps(other);
    await shop.close();
  },
});

/** Orders that were paid, and what became of them. */
function desk(shop: TestShop, paper: PaperGateway) {
  const outTradeNoOf = async ({ id }: { id: string }) => {
    const rows = await shop.rows<{ no: string }>(
      "SELECT out_trade_no AS no FROM payment_attempt WHERE order_id = $1 ORDER BY created_at LIMIT 1",
      [id],
    );
    return rows[0]?.no as string;
  };
  async function pay(order: PlacedOrder, gateway = paper, options: Parameters<PaperGateway["pay"]>[1] = {}) {
    const payment = gateway.pay(await outTradeNoOf(order), options);
    return settlePayment(shop.deps, payment, { accountId: gateway.id, source: "notice" });
  }
  async function paid(gateway = paper, stock: Partial<StockOptions> & { quantity?: number } = {}) {
    const stocked = await shop.stock({ cards: 2, ...stock });
    const order = await shop.place(stocked.variantId, { accountId: gateway.id, quantity: stock.quantity ?? 1 });
    await pay(order, gateway, { amountMinor: order.totalMinor });
    return { order, stocked };
  }
  const paymentsOf = (order: { id: string }) =>
    shop.rows<{ id: string; verdict: string }>(
      "SELECT id, verdict FROM payment WHERE order_id = $1 ORDER BY received_at, id",
      [order.id],
    );
  async function command(order: { id: string }, changes: Partial<RequestRefund> = {}): Promise<RequestRefund> {
    const [payment] = await paymentsOf(order);
    const same = { orderId: order.id, paymentId: payment?.id as string, requestKey: newId() };
    return { ...same, amountMinor: null, method: "source", reason: "buyer asked", ...changes };
  }
  const stateOf = async ({ id }: { id: string }) => {
    const [row] = await shop.rows<{ state: string }>(
      "SELECT status || ' ' || exception AS state FROM orders WHERE id = $1",
      [id],
    );
    return row?.state;
  };
  const cardsOf = async ({ id }: { id: string }) =>
    (await shop.rows<{ status: string }>("SELECT status FROM card WHERE order_id = $1", [id])).map(
      ({ status }) => status,
    );
  const refundsOf = ({ id }: { id: string }) =>
    shop.rows<{ status: string; refund_no: string; failure: string | null }>(
      "SELECT status, refund_no, failure FROM refund WHERE order_id = $1 ORDER BY created_at, id",
      [id],
    );
  const findingsOf = ({ id }: { id: string }) =>
    shop.rows<{ kind: string; status: string }>("SELECT kind, status FROM finding WHERE order_id = $1 ORDER BY kind", [
      id,
    ]);
  /** All that is due and all that would be due later, until nothing is left to be told. */
  async function drive(deps = shop.deps) {
    await shop.rows("UPDATE refund SET next_ask_at = now() WHERE status IN ('requested', 'processing')");
    await driveRefunds(deps);
  }

  /** A late payment of an order whose cards are gone. */
  async function owed() {
    const stocked = await shop.stock({ cards: 1, stockPolicy: "claim_on_payment" });
    const orders = [
      await shop.place(stocked.variantId, { accountId: "paper" }),
      await shop.place(stocked.variantId, { accountId: "paper" }),
    ] as const;
    await pay(orders[0]);
    await shop.lapse(orders[1].id, 5);
    await pay(orders[1]);
    if ((await stateOf(orders[1])) !== "paid owed") throw new Error("the cards were not gone");
    return { stocked, order: orders[1] };
  }

  return { outTradeNoOf, pay, paid, paymentsOf, command, stateOf, cardsOf, refundsOf, findingsOf, drive, owed };
}
