import { findAccountSettings } from "@/lib/features/payments/account-settings";
import { openAccounts, saveAccount } from "@/lib/features/payments/accounts";
import { noteSaid, outcomeOf, writeHealth } from "@/lib/features/payments/gateway-health";
import { writeRefusedNotices } from "@/lib/features/payments/refused-notices";
import { acceptNotification } from "@/lib/flows/accept-notification";
import { openPayment } from "@/lib/flows/open-payment";
import { placeOrder } from "@/lib/flows/place-order";
import { limits } from "@/lib/kernel/limits";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import { connectPaper, PaperGateway } from "@/tests/support/paper-gateway";
import {
  ACCOUNT,
  EPAY_KEY,
  EPAY_PID,
  openDeps,
  openShop,
  type Stocked,
  signedNotice,
  type TestShop,
  tally,
} from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { newAdmin } from "../merchants/shops";

const SILENT = { state: "unknown", reason: "timed_out" } as const;

describe("how accounts answer", () => {
  let shop: TestShop;
  let stocked: Stocked;
  const opened: Deps[] = [];
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    stocked = await shop.stock({ cards: 100 });
    const settings = { baseUrl: "http://127.0.0.1:9", pid: EPAY_PID, key: EPAY_KEY };
    const text = { titleZh: "支付宝", titleEn: "Alipay", currency: "CNY" } as const;
    await saveAccount(shop.deps, shop.deps.db, { id: "spare", kind: "epay", ...text, settings });
  });
  test.afterAll(async ({ database }) => {
    await Promise.all(opened.map(closeDeps));
    await shop.close();
    await expectInvariants(database);
  });
  /** Another process of the same shop. */
  function process(): Deps {
    const deps = openDeps(shop.urls);
    opened.push(deps);
    return deps;
  }
  const healthOf = (id: string) => shop.deps.db.gatewayHealth.findUnique({ where: { accountId: id } });

  test("what is said of one payment is an answer; no answer is silence, and not being wanted is a refusal", () => {
    expect(outcomeOf({ state: "paid" })).toBe("answered");
    expect(outcomeOf({ state: "unknown", reason: "held" })).toBe("answered");
    expect(outcomeOf({ state: "failed", code: "no_money" })).toBe("answered");
    expect(outcomeOf(SILENT)).toBe("silent");
    expect(outcomeOf({ state: "unknown", reason: "credentials_refused" })).toBe("refused");
    expect(outcomeOf({ state: "refused", code: "ACQ.ACCESS_FORBIDDEN" })).toBe("refused");
  });

  test("every process adds to one count, and nothing is counted twice or lost", async () => {
    const processes = [process(), process(), process()];
    await Promise.all(
      processes.map(async (deps) => {
        for (let n = 0; n < 10; n++) await noteSaid(deps, ACCOUNT, n % 5 === 4 ? SILENT : { state: "pending" });
        await writeHealth(deps);
      }),
    );
    expect(await healthOf(ACCOUNT)).toMatchObject({ answeredCount: 24n, silentCount: 6n, refusedCount: 0n });
    const view = await findAccountSettings(shop.deps, await newAdmin(shop.deps), ACCOUNT);
    expect(view?.health).toMatchObject({ answered: 24, silent: 6, reason: "timed_out", restsUntil: null });
    expect(Date.now() - (view?.health.answeredAt?.getTime() ?? 0)).toBeLessThan(60_000);
  });

  test("a thousand answers in a second are a handful of writes, and all of them are counted", async () => {
    const deps = process();
    let writes = 0;
    const counting = new Proxy(deps.db, {
      get(db, name) {
        if (name === "$executeRaw") writes++;
        const value = Reflect.get(db, name);
        return typeof value === "function" ? value.bind(db) : value;
      },
    });
    const counted = { ...deps, db: counting };
    for (let n = 0; n < 1_000; n++) await noteSaid(counted, "spare", { state: "pending" });
    await writeHealth(counted);
    expect(writes).toBeLessThan(10);
    expect((await healthOf("spare"))?.answeredCount).toBe(1_000n);
  });

  test("what was refused at an account's door is on its page, by reason and number; a storm is a few rows, and nobody's door is not counted", async () => {
    const admin = await newAdmin(shop.deps);
    const knock = (query: readonly (readonly [string, string])[], accountId: string = ACCOUNT) => {
      const raw = { method: "GET", query, headers: [], body: new Uint8Array() };
      return acceptNotification(shop.deps, { gateway: "epay", accountId, raw });
    };
    const order = await shop.place(stocked.variantId);
    const { query } = signedNotice(order, { key: "anotherKey0123456789abcdefABCDEF" });
    for (let turn = 0; turn < 200; turn++) await knock([["money", "1"]]);
    await knock(query);
    await knock(query, "nobody");
    await writeRefusedNotices(shop.deps);
    const account = await findAccountSettings(shop.deps, admin, ACCOUNT);
    const counts = account?.refusedNotices.map(({ refusal, count }) => [refusal, count]);
    expect(new Map(counts as [string, number][])).toEqual(
      new Map([
        ["bad_signature", 1],
        ["malformed", 200],
      ]),
    );
    expect(await shop.rows("SELECT 1 FROM refused_notice")).toHaveLength(2);
  });

  test("counts that cannot be written are kept, and a payment does not fail for them", async () => {
    const deps = process();
    const cut = { ...deps, db: new Proxy(deps.db, { get: () => () => Promise.reject(new Error("cut")) }) };
    const before = (await healthOf("spare"))?.refusedCount ?? 0n;
    await noteSaid(cut, "spare", { state: "refused", code: "no" });
    Object.assign(cut, { db: deps.db });
    await writeHealth(cut);
    expect((await healthOf("spare"))?.refusedCount).toBe(before + 1n);
  });

  test("an account that rests in one process is gone around by the orders of every process, until it answers", async () => {
    await shop.rows("UPDATE gateway_account SET way = 'both' WHERE id IN ($1, 'spare')", [ACCOUNT]);
    const worker = process();
    for (let n = 0; n < limits.gatewaySilencesMax; n++) await noteSaid(worker, ACCOUNT, SILENT);
    const payees = async (deps: Deps) => {
      const placed = await Promise.all(
        Array.from({ length: 12 }, () => placeOrder(deps, shop.order(stocked.variantId, { accountId: ACCOUNT }))),
      );
      return tally(placed.map((one) => (one.ok ? one.value.payment.accountId : one.error)));
    };
    expect(await payees(process())).toEqual({ spare: 12 });
    await noteSaid(worker, ACCOUNT, { state: "pending" });
    expect((await openAccounts(process())).get(ACCOUNT)?.terms.restsUntil).toBe(0);
    expect(Object.keys(await payees(process())).sort()).toEqual([ACCOUNT, "spare"].sort());
  });

  test("an account whose gateway hangs delays no other account: neither its buyers nor its orders", async () => {
    const deps = process();
    const [hanging, well] = [new PaperGateway("hanging"), new PaperGateway("well")];
    let wake = (): void => {};
    const hung = new Promise<undefined>((resolve) => {
      wake = () => resolve(undefined);
    });
    hanging.before = () => hung;
    await connectPaper(shop, deps, [hanging, well]);
    const order = async (accountId: string) => {
      const placed = await placeOrder(deps, shop.order(stocked.variantId, { accountId }));
      if (!placed.ok) throw new Error(placed.error);
      return { orderId: placed.value.id, attemptId: placed.value.payment.id };
    };
    const waiting = await Promise.all(Array.from({ length: 10 }, () => order("hanging")));
    const openings = waiting.map((attempt) => openPayment(deps, attempt));
    // None of the ten is answered before we say so: whoever gets past them did not wait for them.
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => (await openPayment(deps, await order("well"))).ok),
    );
    expect(answers).toEqual(Array.from({ length: 10 }, () => true));
    wake();
    await Promise.all(openings);
  });
});
