import type { PlacedOrder } from "@/lib/features/orders/place-command";
import { settlePayment } from "@/lib/flows/settle-payment";
import { money } from "@/lib/kernel/money";
import { expectInvariants } from "@/tests/support/invariants";
import { ACCOUNT, EPAY_PID, openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

/** A line of a statement that names the order's payment, in a currency that is not the order's. */
const payForeign = ({ deps }: TestShop, order: PlacedOrder) =>
  settlePayment(
    deps,
    {
      accountRef: EPAY_PID,
      outTradeNo: new URL(order.payment.url as string).searchParams.get("out_trade_no") as string,
      gatewayTradeNo: `F${order.number.replaceAll("-", "")}`,
      amount: money(order.totalMinor, "USDT"),
      method: null,
      evidence: [],
    },
    { accountId: ACCOUNT, source: "statement" },
  );

describe("money of another currency is no part of what an order received", () => {
  test.for(["before it is paid", "after it is paid"])("%s", async (when, { database }) => {
    const shop = await openShop(database);
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    if (when === "before it is paid") expect(await payForeign(shop, order)).toBe("wrong_currency");
    expect(await shop.pay(order)).toBe("success");
    if (when === "after it is paid") expect(await payForeign(shop, order)).toBe("double");
    const [row] = await shop.rows(
      "SELECT status, exception, payment_count AS payments, paid_minor AS received FROM orders WHERE id = $1",
      [order.id],
    );
    expect(row).toEqual({ status: "delivered", exception: "double_paid", payments: 2, received: "1000" });
    await expectInvariants(database);
    await shop.close();
  });
});
