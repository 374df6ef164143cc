import { forgetAccounts, saveAccount } from "@/lib/features/payments/accounts";
import { toPublicId } from "@/lib/kernel/id";
import { send } from "../../support/api-client";
import { openLane, type TestLane } from "../../support/lane";
import { ACCOUNT, EPAY_KEY, EPAY_PID, openShop, type TestShop } from "../../support/shop";
import { describe, expect, test } from "../../support/test";
import { newMerchant } from "../merchants/shops";

let shop: TestShop;
let lane: TestLane;

test.beforeAll(async ({ database }) => {
  shop = await openShop(database);
  lane = await openLane(shop.deps);
});
test.afterAll(async () => {
  await lane.close();
  await shop.close();
});

async function account(id: string, merchantId: string | null = null, way: string | null = null) {
  const text = { titleZh: "支付宝", titleEn: "Alipay", currency: "CNY" } as const;
  const settings = { baseUrl: "http://127.0.0.1:9", pid: EPAY_PID, key: EPAY_KEY };
  await saveAccount(shop.deps, shop.deps.db, { id, kind: "epay", ...text, settings, merchantId });
  await shop.rows("UPDATE gateway_account SET way = $2 WHERE id = $1", [id, way]);
  forgetAccounts(shop.deps);
}
const list = async (query = "") => {
  const { status, json } = await send<{ items: { id: string }[] }>(`${lane.url}/api/v1/gateways${query}`, {});
  return [status, json.items?.map(({ id }) => id)];
};

describe("the ways to pay", () => {
  test("are the shop's, one account of each; with a variant, what an order of its merchant may name", async () => {
    const { variantId, merchantId } = await shop.stock({ cards: 1 });
    const ofVariant = `?variantId=${toPublicId("variant", variantId)}`;
    await account("one", null, "shared");
    await account("two", null, "shared");
    await account("foreign", (await newMerchant(shop.deps)).merchantId);
    expect(await list()).toEqual([200, [ACCOUNT, "one"]]);
    expect(await list(ofVariant)).toEqual([200, [ACCOUNT, "one"]]);
    await account("own", merchantId);
    expect(await list(ofVariant)).toEqual([200, ["own"]]);
    expect(await list()).toEqual([200, [ACCOUNT, "one"]]);
  });

  test("of a variant that is not there are not found, and a question out of shape is refused", async () => {
    expect(await list(`?variantId=${toPublicId("variant", "01990000-0000-7000-8000-000000000000")}`)).toEqual([
      404,
      undefined,
    ]);
    expect(await list("?variantId=x")).toEqual([404, undefined]);
    expect(await list("?merchant=x")).toEqual([422, undefined]);
  });
});
