import { expectInvariants } from "@/tests/support/invariants";
import { openShop } from "@/tests/support/shop";
import { expect, test } from "@/tests/support/test";

test("attack 14: a notice that came before its order was committed is not answered success, and settles the order when it is repeated", async ({
  database,
}) => {
  const shop = await openShop(database);
  const { variantId } = await shop.stock({ cards: 2 });
  const order = await shop.place(variantId);
  const alter = (state: string) => shop.rows(`ALTER TABLE payment_attempt ${state} TRIGGER payment_attempt_frozen`);
  await alter("DISABLE");
  await shop.rows("UPDATE payment_attempt SET out_trade_no = 'X' || out_trade_no WHERE order_id = $1", [order.id]);
  expect(await shop.pay(order)).not.toContain("success");
  await shop.rows("UPDATE payment_attempt SET out_trade_no = substring(out_trade_no FROM 2) WHERE order_id = $1", [
    order.id,
  ]);
  await alter("ENABLE");
  expect(await shop.pay(order)).toBe("success");
  await expectInvariants(database);
  await shop.close();
});
