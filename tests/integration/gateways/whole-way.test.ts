import { findTest, type TestPayment } from "@/lib/features/payments/test-payments";
import type { Mapping } from "@/lib/features/statements/schema";
import { checkGatewayAccount } from "@/lib/flows/check-gateway-account";
import { endOfFetches, fetchStatements } from "@/lib/flows/fetch-statements";
import { payWithBalance } from "@/lib/flows/pay-with-balance";
import { recordTransfer } from "@/lib/flows/record-transfer";
import { refundTestPayment, startTestPayment } from "@/lib/flows/test-payment";
import { uploadStatement } from "@/lib/flows/upload-statement";
import { addAccount, addAdmin } from "@/tests/integration/statements/statement-shop";
import { HOUSES } from "@/tests/support/gateway-houses";
import { type Bought, type GatewayStreet, openGatewayStreet } from "@/tests/support/gateway-street";
import { expectInvariants } from "@/tests/support/invariants";
import { describe, expect, test } from "@/tests/support/test";
import { BALANCE, giveBack, giveBalance, openBalance } from "@/tests/support/wallets";

/** Past the end of today wherever a gateway counts its days, and past the hour at which it has that day's statement. */
const STATEMENTS_MS = 37 * 3_600_000;
const TABLE: Mapping = {
  encoding: "utf-8",
  delimiter: ",",
  skippedLines: 0,
  zone: "UTC",
  dateOrder: "ymd",
  currency: "CNY",
  sign: "negative_refunds",
  refundWords: [],
  paidWords: [],
  columns: { at: 0, amount: 1, tradeNo: 2, orderNo: 3 },
};

describe("create → pay → notice → card → refund → statement, over HTTP, at the house of each protocol", {
  timeout: 180_000,
}, () => {
  let street: GatewayStreet;
  const ways = new Map<string, Bought>();
  test.beforeAll(async ({ database }) => {
    street = await openGatewayStreet(database);
    await openBalance(street.shop);
    const settings = { payee: "张三", account: "6225 8888 0000 1111", bank: "招商银行" };
    await addAccount(street.shop.deps, { id: "bank", kind: "manual", settings });
  });
  test.afterAll(async ({ database }) => {
    await street.close();
    await expectInvariants(database);
  });

  const expectCard = async (bought: Bought): Promise<void> => {
    expect(await street.standing(bought)).toBe("delivered none 1000");
    const cards = await street.reveal(bought);
    expect(cards).toEqual([expect.any(String)]);
    expect(bought.stocked.secrets).toContain((cards as string[])[0]);
  };
  const expectRefunded = async (bought: Bought): Promise<void> => {
    expect(await street.standing(bought)).toMatch(/^refunded none/);
    expect(await street.cardsOf(bought)).toEqual(["withdrawn"]);
    expect(await street.reveal(bought)).toEqual(expect.stringMatching(/^not_/));
    // Nothing of it is left for a person to look at.
    const findings = "SELECT kind, detail FROM finding WHERE order_id = $1 AND status = 'open'";
    expect(await street.shop.rows(findings, [bought.orderId])).toEqual([]);
  };

  test.each(HOUSES)("%s", async (id) => {
    const bought = await street.buy(id);
    ways.set(id, bought);
    const { house, outTradeNo } = bought;
    expect(await street.reveal(bought)).toBe("not_delivered");
    await house.pay(outTradeNo);
    await expectCard(bought);
    const asked = await street.giveBack(bought);
    if (!house.givenBack) {
      expect(asked).toEqual({ ok: false, error: "by_hand_only" });
      const byHand = { method: "by_hand", outsideReference: `hash-${outTradeNo}` } as const;
      expect((await street.giveBack(bought, byHand)).ok).toBe(true);
      return expectRefunded(bought);
    }
    if (!asked.ok) throw new Error(asked.error);
    await street.drive();
    await house.settleRefund?.(outTradeNo, asked.value.refundNo);
    for (let turn = 0; turn < 2; turn++) await street.drive();
    await expectRefunded(bought);
    expect(house.givenBack(outTradeNo)).toBe(1_000);
    expect(await street.paymentsOf(bought)).toHaveLength(1);
  });

  test.each(HOUSES)(
    "%s as docs/gateways.md has it set up: the self check is content, and a test payment comes in, is kept apart and goes back",
    async (id) => {
      const { shop } = street;
      const house = street.houseOf(id);
      const admin = await addAdmin(shop.deps);
      const checked = await checkGatewayAccount(shop.deps, admin, id);
      // Nobody from outside reaches this machine, which is what the check says of it.
      const found = checked.ok ? checked.value.findings.filter((one) => one !== "notify_url_not_reachable") : null;
      expect(found).toEqual([]);
      const started = await startTestPayment(shop.deps, admin, { accountId: id, amount: "" });
      if (!started.ok) throw new Error(started.error);
      const now = async () => (await findTest(shop.deps.db, { id: started.value.id })) as TestPayment;
      const { outTradeNo, amountMinor, presentation } = await now();
      const { kind, url } = presentation as { kind: string; url?: string };
      if (kind === "redirect" && url) await fetch(url);
      await house.pay(outTradeNo);
      expect(await now()).toMatchObject({ paidMinor: amountMinor, heardBy: expect.stringMatching(/^(notice|query)$/) });
      const back = await refundTestPayment(shop.deps, admin, started.value.id);
      expect(back).toEqual(house.givenBack ? { ok: true, value: null } : { ok: false, error: "by_hand_only" });
      if (house.givenBack) expect(house.givenBack(outTradeNo)).toBe(Number(amountMinor));
    },
  );

  test("a balance", async () => {
    const { shop } = street;
    const { variantId } = await shop.stock({ cards: 1 });
    await giveBalance(shop, { email: "rich@example.com", amount: "10.00" });
    const order = await shop.place(variantId, { accountId: BALANCE, email: "rich@example.com" });
    expect(await payWithBalance(shop.deps, { orderId: order.id, email: "rich@example.com" })).toEqual({
      ok: true,
      value: "settled",
    });
    expect((await giveBack(shop, order)).ok).toBe(true);
    const [row] = await shop.rows(
      `SELECT o.status, c.status AS card, w.balance_minor::int AS balance, (SELECT sum(amount_minor)::int FROM wallet_entry) AS books
         FROM orders o JOIN card c ON c.order_id = o.id CROSS JOIN wallet w WHERE o.id = $1`,
      [order.id],
    );
    expect(row).toEqual({ status: "refunded", card: "withdrawn", balance: 1_000, books: 0 });
  });

  test("a transfer by hand", async () => {
    const { shop } = street;
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: "bank" });
    const admin = await addAdmin(shop.deps);
    const transfer = { attemptId: order.payment.id, amount: "10.00", reference: "2026 1121 000001", seenPayments: 0 };
    const arrivedOn = new Date().toISOString().slice(0, 10);
    expect((await recordTransfer(shop.deps, admin, { ...transfer, arrivedOn })).ok).toBe(true);
    expect((await giveBack(shop, order, { method: "by_hand", outsideReference: "2026 1122 000009" })).ok).toBe(true);
    const [row] = await shop.rows(
      "SELECT o.status, c.status AS card FROM orders o JOIN card c ON c.order_id = o.id WHERE o.id = $1",
      [order.id],
    );
    expect(row).toEqual({ status: "refunded", card: "withdrawn" });
    const brought = await bring("bank", [`${arrivedOn} 10:00:00`, "20261121000001", order.number]);
    expect(brought).toEqual([`payment 1000 ${order.number}`]);
  });

  /** A table of one line, as somebody exports it who has no other statement; its rows that are on record afterwards. */
  async function bring(accountId: string, [at, trade, number]: readonly [string, string, string]): Promise<string[]> {
    const { deps } = street.shop;
    const source = (async function* () {
      yield Buffer.from(`time,amount,trade,order\n${at},10.00,${trade},${number}\n`);
    })();
    const admin = await addAdmin(deps);
    const stored = await uploadStatement(deps, admin, { accountId, source, name: "table.csv", mapping: TABLE });
    expect(stored.ok).toBe(true);
    return rowsOf(accountId, trade, number);
  }
  /** What a statement says of one payment. */
  const rowsOf = async (accountId: string, trade: string, number: string): Promise<string[]> =>
    (
      await street.shop.rows<{ text: string }>(
        `SELECT kind || ' ' || amount_minor || coalesce(' ' || out_trade_no, '') AS text FROM statement_row
          WHERE account_id = $1 AND (gateway_trade_number = $2 OR out_trade_no = $3) ORDER BY kind`,
        [accountId, trade, number],
      )
    ).map(({ text }) => text);

  test("the statements of all of them tell of the payment and of what went back", async () => {
    street.later(STATEMENTS_MS);
    await fetchStatements(street.shop.deps);
    await endOfFetches(street.shop.deps);
    for (const [id, { house, orderId, outTradeNo }] of ways) {
      const [payment] = await street.shop.rows<{ trade: string }>(
        "SELECT gateway_trade_number AS trade FROM payment WHERE order_id = $1",
        [orderId],
      );
      const trade = payment?.trade ?? "";
      const paid = `payment 1000 ${outTradeNo}`;
      if (!house.hasStatement) {
        const at = new Date().toISOString().slice(0, 19).replace("T", " ");
        expect(await bring(id, [at, trade, outTradeNo]), id).toEqual([paid]);
        continue;
      }
      // EPay's list has no row for a refund: the payment's status tells of it.
      const given = house.kind === "epay" ? [] : [expect.stringMatching(/^refund 1000/)];
      expect(await rowsOf(id, trade, outTradeNo), id).toEqual([paid, ...given]);
    }
    expect(ways.size).toBe(HOUSES.length);
  });
});
