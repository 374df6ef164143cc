import { findAccountSettings, listAccountSettings } from "@/lib/features/payments/account-settings";
import { forgetAccounts, openAccounts, saveAccount } from "@/lib/features/payments/accounts";
import { GatewayAccountForm } from "@/lib/features/payments/schema";
import { PLAIN_TERMS } from "@/lib/features/payments/ways";
import { placeOrder } from "@/lib/flows/place-order";
import { saveGatewayAccount } from "@/lib/flows/save-gateway-account";
import { startPayment } from "@/lib/flows/start-payment";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { closeDeps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import {
  ACCOUNT,
  EPAY_KEY,
  EPAY_PID,
  openDeps,
  openShop,
  type Stocked,
  type TestShop,
  tally,
} from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { memberOf, newAdmin, newMerchant } from "../merchants/shops";

const STRIPE_KEY = `sk_test_${"k".repeat(24)}`;
const STRIPE_HOOK = `whsec_${"h".repeat(24)}`;

describe("accounts at gateways", () => {
  let shop: TestShop;
  let admin: Proven<Extract<Viewer, { kind: "admin" }>>;
  let stocked: Stocked;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    admin = await newAdmin(shop.deps);
    stocked = await shop.stock({ cards: 400 });
  });
  test.afterAll(async ({ database }) => {
    await shop.close();
    await expectInvariants(database);
  });

  let made = 0;
  /** A form of an EPay account as the browser sends it, parsed as the action parses it. */
  const form = (fields: Record<string, string | string[]> = {}): GatewayAccountForm =>
    GatewayAccountForm.parse({
      id: `account-${++made}`,
      version: "",
      kind: "epay",
      titleZh: "支付宝",
      titleEn: "Alipay",
      currency: "CNY",
      isActive: "on",
      weight: "10",
      "settings.profile": "rainbow",
      "settings.baseUrl": "http://127.0.0.1:9",
      "settings.pid": EPAY_PID,
      "settings.signMode": "MD5",
      "settings.key": EPAY_KEY,
      "settings.types": "",
      ...fields,
    });
  async function saved(fields: Record<string, string | string[]> = {}): Promise<string> {
    const sent = form(fields);
    const result = await saveGatewayAccount(shop.deps, admin, sent);
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return sent.id;
  }
  const rowOf = (id: string) => shop.deps.db.gatewayAccount.findUniqueOrThrow({ where: { id } });
  const trailOf = (id: string) =>
    shop.deps.db.auditEvent.findMany({ where: { subjectId: id }, orderBy: { id: "asc" } });
  /** The account that each of some orders went to. */
  async function payees(named: string, orders: number, deps = shop.deps): Promise<Record<string, number>> {
    const placed = await Promise.all(
      Array.from({ length: orders }, () => placeOrder(deps, shop.order(stocked.variantId, { accountId: named }))),
    );
    return tally(placed.map((order) => (order.ok ? order.value.payment.accountId : order.error)));
  }

  test("one of any kind is saved through its form, opens, and shows no secret to anybody", async () => {
    const id = await saved({
      kind: "stripe",
      currency: "USD",
      "settings.secretKey": STRIPE_KEY,
      "settings.webhookSecrets": STRIPE_HOOK,
      amountMin: "0.50",
      feePercent: "2.9",
      feeFixed: "0.30",
      feeBearer: "merchant",
    });
    expect((await openAccounts(shop.deps)).get(id)).toMatchObject({ kind: "stripe", currency: "USD", isActive: true });
    expect(await rowOf(id)).toMatchObject({
      amountMinMinor: 50n,
      feeRate: 290,
      feeFixedMinor: 30n,
      feeBearer: "merchant",
    });
    const view = await findAccountSettings(shop.deps, admin, id);
    expect(view).toMatchObject({ onRecord: ["secretKey", "webhookSecrets"], isUsable: true });
    const all = JSON.stringify([view, await listAccountSettings(shop.deps, admin), await trailOf(id)], (_, value) =>
      typeof value === "bigint" ? `${value}` : value,
    );
    for (const secret of [STRIPE_KEY, STRIPE_HOOK, EPAY_KEY]) expect(all).not.toContain(secret);
  });

  test("attack 5: an empty or a short key is refused at its field, and nothing is saved", async () => {
    const refusal = async (fields: Record<string, string>) => {
      const sent = form(fields);
      const result = await saveGatewayAccount(shop.deps, admin, sent);
      expect(await shop.deps.db.gatewayAccount.count({ where: { id: sent.id } })).toBe(0);
      expect(await trailOf(sent.id)).toEqual([]);
      return result;
    };
    const at = (name: string, code: string) => ({ ok: false, error: { code: "invalid", fields: { [name]: code } } });
    expect(await refusal({ "settings.key": "" })).toEqual(at("settings.key", "key_missing"));
    expect(await refusal({ "settings.key": "short" })).toEqual(at("settings.key", "key_too_short"));
    const stripe = { kind: "stripe", currency: "USD", "settings.secretKey": STRIPE_KEY };
    expect(await refusal({ ...stripe, "settings.webhookSecrets": " " })).toEqual(
      at("settings.webhookSecrets", "webhook_secrets_missing"),
    );
    expect(await refusal({ "settings.baseUrl": "http://pay.example.com" })).toEqual(
      at("settings.baseUrl", "base_url_insecure"),
    );
  });

  test("limits that are no amounts of its currency are refused at their fields", async () => {
    const fieldsOf = async (fields: Record<string, string>) => {
      const result = await saveGatewayAccount(shop.deps, admin, form(fields));
      return result.ok ? "saved" : (result.error as { fields: unknown }).fields;
    };
    for (const amountMin of ["1e2", "-1", "0", "1.005", "１０"])
      expect(await fieldsOf({ amountMin })).toEqual({ amountMin: "amount_malformed" });
    expect(await fieldsOf({ amountMin: "10", amountMax: "9.99" })).toEqual({ amountMax: "amount_order" });
    expect(GatewayAccountForm.safeParse({ ...form(), version: "", merchantId: "", weight: "101" }).success).toBe(false);
    expect(GatewayAccountForm.safeParse({ ...form(), version: "", merchantId: "", feePercent: "1e1" }).success).toBe(
      false,
    );
  });

  test("of two admins who opened the same form, the second is told, and what the first one wrote stands", async () => {
    const id = await saved();
    const { version } = await rowOf(id);
    const change = (titleZh: string) => form({ id, version: `${version}`, titleZh, "settings.key": "" });
    const both = await Promise.all(["甲", "乙"].map((title) => saveGatewayAccount(shop.deps, admin, change(title))));
    expect(tally(both.map((one) => (one.ok ? "saved" : `${one.error}`)))).toEqual({ saved: 1, conflict: 1 });
    expect((await rowOf(id)).titleZh).toBe(both[0]?.ok ? "甲" : "乙");
    expect(await saveGatewayAccount(shop.deps, admin, change("丙"))).toEqual({ ok: false, error: "conflict" });
    expect(await trailOf(id)).toHaveLength(2);
  });

  test("of two who make an account under the same id, one makes it and the other hears that it is taken", async () => {
    const first = form();
    const results = await Promise.all(
      Array.from({ length: 4 }, () => saveGatewayAccount(shop.deps, admin, { ...first })),
    );
    expect(tally(results.map((one) => (one.ok ? "saved" : `${one.error}`)))).toEqual({ saved: 1, account_taken: 3 });
  });

  test("a change keeps the key that was not typed, but never for another address; its record names fields, not values", async () => {
    const id = await saved();
    const edit = (fields: Record<string, string>) => form({ id, version: "1", "settings.key": "", ...fields });
    const moved = await saveGatewayAccount(shop.deps, admin, edit({ "settings.baseUrl": "https://evil.example" }));
    expect(moved).toEqual({ ok: false, error: { code: "invalid", fields: { "settings.key": "secret_again" } } });
    expect((await saveGatewayAccount(shop.deps, admin, edit({ "settings.types": "wxpay" }))).ok).toBe(true);
    expect(await findAccountSettings(shop.deps, admin, id)).toMatchObject({ onRecord: ["key"], isUsable: true });
    const [, changed] = await trailOf(id);
    expect(changed?.detail).toMatchObject({ fields: expect.stringContaining("types") });
    expect(JSON.stringify(changed?.detail)).not.toContain(EPAY_PID);
  });

  test("a merchant sees its own accounts and no other; another's id is not found", async () => {
    const [one, other] = [await newMerchant(shop.deps), await newMerchant(shop.deps)];
    const id = await saved({ merchantId: one.merchantId });
    expect((await listAccountSettings(shop.deps, one)).map((account) => account.id)).toEqual([id]);
    expect(await listAccountSettings(shop.deps, other)).toEqual([]);
    expect(await findAccountSettings(shop.deps, other, id)).toBeNull();
    expect(await findAccountSettings(shop.deps, one, ACCOUNT)).toBeNull();
  });

  test("a merchant's account is paid for that merchant's goods alone, whoever names it, and its owner never changes", async () => {
    const foreign = await newMerchant(shop.deps);
    const id = await saved({ merchantId: foreign.merchantId });
    expect(await payees(id, 2)).toEqual({ gateway_unavailable: 2 });
    const order = await shop.place(stocked.variantId);
    expect(await startPayment(shop.deps, { orderId: order.id, accountId: id })).toEqual({
      ok: false,
      error: "gateway_unavailable",
    });
    const owner = (await memberOf(shop.deps, stocked.merchantId)).merchantId;
    await saveGatewayAccount(shop.deps, admin, form({ id, version: "1", merchantId: owner, "settings.key": "" }));
    expect((await rowOf(id)).merchantId).toBe(foreign.merchantId);
  });

  test("a merchant with an account of its own is paid through it and not through the shop's, until it is switched off", async () => {
    const id = await saved({ merchantId: stocked.merchantId });
    expect([await payees(id, 2), await payees(ACCOUNT, 2)]).toEqual([{ [id]: 2 }, { gateway_unavailable: 2 }]);
    const off = { ...form({ id, version: "1", "settings.key": "" }), isActive: false };
    expect((await saveGatewayAccount(shop.deps, admin, off)).ok).toBe(true);
    expect(await payees(ACCOUNT, 2)).toEqual({ [ACCOUNT]: 2 });
  });

  test("orders are shared out among the accounts of a way by weight, and a second payment of an order is not one more", async () => {
    const [heavy, light] = [await saved({ way: "shared", weight: "30" }), await saved({ way: "shared", weight: "10" })];
    const counts = await payees(heavy, 80);
    expect((counts[heavy] ?? 0) + (counts[light] ?? 0)).toBe(80);
    // Three to one over 80: chance stays within these bounds but for one run in a hundred thousand.
    expect(counts[heavy]).toBeGreaterThan(42);
    expect(counts[light]).toBeGreaterThan(3);
    const order = await shop.place(stocked.variantId, { accountId: light });
    for (const named of [heavy, light])
      expect(await startPayment(shop.deps, { orderId: order.id, accountId: named })).toMatchObject({
        ok: true,
        value: { id: order.payment.id, accountId: order.payment.accountId },
      });
  });

  test("the same order asked for again is the same payment, at the account that was chosen first", async () => {
    const named = await saved({ way: "again" });
    for (let n = 0; n < 3; n++) await saved({ way: "again" });
    const command = shop.order(stocked.variantId, { accountId: named });
    const answers = [];
    for (let n = 0; n < 4; n++) answers.push(await placeOrder(shop.deps, command));
    const payments = answers.map((one) =>
      one.ok ? `${one.value.payment.accountId} ${one.value.payment.id}` : one.error,
    );
    expect(new Set(payments).size).toBe(1);
  });

  test("an order beyond an account's limits goes to another of its way, or is refused", async () => {
    const small = await saved({ way: "limits", amountMax: "9.99" });
    expect(await payees(small, 3)).toEqual({ gateway_unavailable: 3 });
    const large = await saved({ way: "limits", amountMin: "10.00" });
    expect(await payees(small, 5)).toEqual({ [large]: 5 });
  });

  test("what came in today counts against an account's limit for the day", async () => {
    const id = await saved({ dayMax: "20.00" });
    await Promise.all(
      Array.from({ length: 2 }, async (_, n) => {
        const order = await shop.place(stocked.variantId, { accountId: id });
        const event = "gen_random_uuid()";
        await shop.rows(
          `INSERT INTO payment (id, account_id, gateway_trade_number, order_id, attempt_id, event_id, amount_minor, currency, verdict, received_at)
           SELECT ${event}, '${id}', 'day-${n}', $1, $2, ${event}, 1000, 'CNY', 'double', clock_timestamp() - interval '2 days' * $3`,
          [order.id, order.payment.id, n],
        );
      }),
    );
    const later = openDeps(shop.urls);
    expect((await openAccounts(later)).get(id)?.terms.paidTodayMinor).toBe(1_000n);
    expect(await payees(id, 1, later)).toEqual({ [id]: 1 });
    await shop.rows("ALTER TABLE payment DISABLE TRIGGER payment_append_only");
    await shop.rows("UPDATE payment SET received_at = clock_timestamp() WHERE account_id = $1", [id]);
    const latest = openDeps(shop.urls);
    expect(await payees(id, 1, latest)).toEqual({ gateway_unavailable: 1 });
    await shop.rows("DELETE FROM payment WHERE account_id = $1", [id]);
    await shop.rows("ALTER TABLE payment ENABLE TRIGGER payment_append_only");
    await Promise.all([closeDeps(later), closeDeps(latest)]);
  });

  test("a row that cannot be opened takes nobody's money, says so, and keeps no other account from taking its own", async () => {
    const id = await saved();
    await shop.rows("UPDATE gateway_account SET settings = 'x' WHERE id = $1", [id]);
    expect(await findAccountSettings(shop.deps, admin, id)).toMatchObject({ isUsable: false, onRecord: [] });
    forgetAccounts(shop.deps);
    expect([await payees(id, 1), await payees(ACCOUNT, 1)]).toEqual([{ gateway_unavailable: 1 }, { [ACCOUNT]: 1 }]);
    await shop.rows("DELETE FROM gateway_account WHERE id = $1", [id]);
    forgetAccounts(shop.deps);
  });

  test("accounts of the program of before have terms that change nothing for them", async () => {
    const text = { titleZh: "旧", titleEn: "Old", currency: "CNY" } as const;
    const settings = { baseUrl: "http://127.0.0.1:9", pid: EPAY_PID, key: EPAY_KEY };
    await saveAccount(shop.deps, shop.deps.db, { id: "before", kind: "epay", ...text, settings });
    forgetAccounts(shop.deps);
    expect((await openAccounts(shop.deps)).get("before")?.terms).toEqual(PLAIN_TERMS);
    expect(await payees("before", 2)).toEqual({ before: 2 });
  });
});
