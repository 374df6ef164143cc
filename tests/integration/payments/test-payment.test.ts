import { join } from "node:path";
import { findAccountSettings } from "@/lib/features/payments/account-settings";
import { forgetAccounts, saveAccount } from "@/lib/features/payments/accounts";
import { findTest, listTests, type TestPayment } from "@/lib/features/payments/test-payments";
import { acceptNotification } from "@/lib/flows/accept-notification";
import { checkGatewayAccount } from "@/lib/flows/check-gateway-account";
import { checkTestPayment, refundTestPayment, startTestPayment } from "@/lib/flows/test-payment";
import type { Viewer } from "@/lib/kernel/viewer";
import { type Sandbox, startSandbox } from "@/sandbox/server";
import { expectInvariants } from "@/tests/support/invariants";
import { ACCOUNT, EPAY_KEY, EPAY_PID, openShop, signedNotice, type TestShop, tally } from "@/tests/support/shop";
import { makeTemporaryFolder, removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";
import { newAdmin } from "../merchants/shops";

describe("a payment that only tries an account", () => {
  const folder = makeTemporaryFolder("test-payment");
  let shop: TestShop;
  let admin: Extract<Viewer, { kind: "admin" }>;
  let sandbox: Sandbox;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    admin = await newAdmin(shop.deps);
    sandbox = await startSandbox({ pid: EPAY_PID, key: EPAY_KEY, stateFile: join(folder, "state.jsonl") });
    const text = { titleZh: "支付宝", titleEn: "Alipay", currency: "CNY" } as const;
    const settings = { baseUrl: sandbox.url, pid: EPAY_PID, key: EPAY_KEY };
    const saved = await saveAccount(shop.deps, shop.deps.db, { id: ACCOUNT, kind: "epay", ...text, settings });
    if (!saved.ok) throw new Error(saved.error.join());
    forgetAccounts(shop.deps);
  });
  test.afterAll(async ({ database }) => {
    await sandbox.stop();
    await shop.close();
    removeFolder(folder);
    await expectInvariants(database);
  });

  async function started(amount = ""): Promise<TestPayment> {
    const result = await startTestPayment(shop.deps, admin, { accountId: ACCOUNT, amount });
    if (!result.ok) throw new Error(result.error);
    return (await findTest(shop.deps.db, { id: result.value.id })) as TestPayment;
  }
  const now = async ({ id }: TestPayment) => (await findTest(shop.deps.db, { id })) as TestPayment;
  const urlOf = ({ presentation }: TestPayment) => (presentation as { url: string }).url;
  /** A notice about a test, signed as the gateway signs. */
  const notice = (one: TestPayment, money = "0.01") =>
    signedNotice({ payment: { url: urlOf(one) } } as never, { money, trade: `T${one.number}` });
  const tell = (one: TestPayment, money?: string) =>
    acceptNotification(shop.deps, { gateway: "epay", accountId: ACCOUNT, raw: notice(one, money) });
  const openFindings = () => shop.rows("SELECT kind FROM finding WHERE status = 'open'");

  test("is the smallest that the gateway takes, and is told by a notice: recorded, no order, no card, nothing for a person to do", async () => {
    const one = await started();
    expect(one).toMatchObject({ amountMinor: 1n, currency: "CNY", paidAt: null });
    expect(urlOf(one)).toContain(sandbox.url);
    expect((await tell(one)).body).toBe("success");
    expect(await now(one)).toMatchObject({ paidMinor: 1n, heardBy: "notice", gatewayTradeNumber: `T${one.number}` });
    expect(await openFindings()).toEqual([]);
    expect(await shop.rows("SELECT 1 FROM payment")).toEqual([]);
    expect(await shop.rows("SELECT order_id FROM payment_event")).toEqual([{ order_id: null }]);
  });

  test("told twice and at once it is one event, and answered with the gateway's word each time", async () => {
    const one = await started();
    const replies = await Promise.all(Array.from({ length: 5 }, () => tell(one)));
    expect(tally(replies.map(({ body }) => body))).toEqual({ success: 5 });
    expect(await shop.rows("SELECT 1 FROM payment_event WHERE out_trade_no = $1", [one.outTradeNo])).toHaveLength(1);
    expect(await openFindings()).toEqual([]);
  });

  test("a notice without the right signature is no test payment", async () => {
    const one = await started();
    const raw = signedNotice({ payment: { url: urlOf(one) } } as never, {
      money: "0.01",
      key: "another-key-of-letters",
    });
    expect((await acceptNotification(shop.deps, { gateway: "epay", accountId: ACCOUNT, raw })).body).not.toContain(
      "success",
    );
    expect(await now(one)).toMatchObject({ paidAt: null });
  });

  test("what nobody told of is found by asking, and said to have been found so", async () => {
    const one = await started("0.05");
    await fetch(urlOf(one)).then((response) => response.text());
    expect(await checkTestPayment(shop.deps, admin, one.id)).toEqual({ ok: true, value: "pending" });
    await sandbox.pay(one.outTradeNo, "silent");
    expect(await checkTestPayment(shop.deps, admin, one.id)).toEqual({ ok: true, value: "paid" });
    expect(await now(one)).toMatchObject({ heardBy: "query", paidMinor: 5n });
    expect(await openFindings()).toEqual([]);
  });

  test("another amount is recorded as what it is", async () => {
    const one = await started();
    await tell(one, "3");
    expect(await now(one)).toMatchObject({ amountMinor: 1n, paidMinor: 300n });
  });

  test("its refund goes out once, however often it is pressed", async () => {
    const one = await started();
    await fetch(urlOf(one)).then((response) => response.text());
    expect(await refundTestPayment(shop.deps, admin, one.id)).toEqual({ ok: false, error: "nothing_left" });
    await sandbox.pay(one.outTradeNo, "silent");
    await checkTestPayment(shop.deps, admin, one.id);
    const pressed = await Promise.all(Array.from({ length: 4 }, () => refundTestPayment(shop.deps, admin, one.id)));
    expect(tally(pressed.map((result) => (result.ok ? "sent" : result.error)))).toEqual({ sent: 1, nothing_left: 3 });
    const { refundState, refundNumber } = await now(one);
    expect(refundNumber).toMatch(/^T[0-9A-Z]{31}$/);
    expect(["requested", "processing", "succeeded", "failed"]).toContain(refundState);
  });

  test("a typed amount that is none is refused, an account that is not there is not found, and every start is on record", async () => {
    const start = (accountId: string, amount: string) => startTestPayment(shop.deps, admin, { accountId, amount });
    for (const amount of ["0", "-1", "1e2", "0.001"])
      expect(await start(ACCOUNT, amount)).toEqual({ ok: false, error: "amount_malformed" });
    expect(await start("nobody", "")).toEqual({ ok: false, error: "not_found" });
    const trail = await shop.deps.db.auditEvent.count({ where: { action: "gateway_account.test_payment_started" } });
    expect(trail).toBe((await shop.rows("SELECT 1 FROM test_payment")).length);
    expect((await listTests(shop.deps.db, ACCOUNT)).length).toBeGreaterThan(0);
  });

  test("the self check of the same account finds nothing, and sees by its answers how far the clocks are apart", async () => {
    const checked = await checkGatewayAccount(shop.deps, admin, ACCOUNT);
    expect(checked).toMatchObject({ ok: true, value: { wasAsked: true } });
    expect(checked.ok && checked.value.findings.filter((finding) => finding !== "notify_url_not_reachable")).toEqual(
      [],
    );
    const ahead = { ...shop.deps, fetch: dated(3_600_000) };
    const skewed = await checkGatewayAccount(ahead as typeof shop.deps, admin, ACCOUNT);
    expect(skewed.ok && skewed.value.findings).toContain("clock_skewed");
    expect(skewed.ok && Math.round((skewed.value.clockAheadSeconds ?? 0) / 60)).toBe(60);
    expect(await findAccountSettings(shop.deps, admin, ACCOUNT)).toMatchObject({ isUsable: true, takesNotices: true });
  });

  /** The network, with the gateway's clock wrong by this much. */
  const dated =
    (ms: number): typeof globalThis.fetch =>
    async (input, init) => {
      const reply = await fetch(input, init);
      const headers = new Headers(reply.headers);
      headers.set("date", new Date(Date.now() + ms).toUTCString());
      return new Response(await reply.arrayBuffer(), { status: reply.status, headers });
    };
});
