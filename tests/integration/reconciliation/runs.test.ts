import { listRuns, readRunOutcome } from "@/lib/features/reconciliation/queries";
import { addRun, lockRun, planRuns, stopRun, takeRun } from "@/lib/features/reconciliation/runs";
import { endOfReconciliation, reconcileNow, runReconciliations, workOff } from "@/lib/flows/reconcile";
import { reconcileContinuously } from "@/lib/flows/reconcile-continuously";
import { requestReconciliation, stopReconciliation } from "@/lib/flows/request-reconciliation";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { inTransaction } from "@/lib/platform/db";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { kapuHere } from "@/tests/support/command-here";
import { openDeps, openShop, type TestShop } from "@/tests/support/shop";
import { makeTemporaryFolder, removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";
import { breakRows } from "../audit/rounds";

type Admin = Extract<Viewer, { kind: "admin" }>;

describe("runs of the reconciliation", { timeout: 60_000 }, () => {
  let shop: TestShop;
  let other: Deps;
  let superuser: string;
  let variantId: string;
  let admin: Admin;
  const env = { KAPU_SECRET: "s".repeat(40) };
  let folder: string;
  test.beforeAll(async ({ database }) => {
    superuser = database.superuser;
    folder = makeTemporaryFolder("reconcile");
    shop = await openShop(database);
    other = openDeps(database);
    ({ variantId } = await shop.stock({ cards: 60 }));
    const userId = newId();
    await shop.deps.db.appUser.create({
      data: { id: userId, email: `${userId}@example.com`, passwordHash: "x", role: "admin" },
    });
    admin = { kind: "admin", userId };
  });
  test.afterAll(async () => {
    await closeDeps(other);
    await shop.close();
    removeFolder(folder);
  });

  const order = async (): Promise<string> => {
    const placed = await shop.place(variantId);
    await shop.pay(placed);
    return placed.id;
  };
  const misprice = (orderId: string, minor: number) =>
    breakRows(superuser, `UPDATE order_line SET unit_price_minor = ${minor} WHERE order_id = '${orderId}'`);
  const priceFindings = (orderId: string) =>
    shop.rows<{ status: string; count: number }>(
      "SELECT status, found_count AS count FROM finding WHERE kind = 'price_anomaly' AND order_id = $1",
      [orderId],
    );
  const runRow = async (id: string) => {
    const [row] = await shop.rows<{ state: string; done: number; all: number; stage: string }>(
      "SELECT state, done_steps AS done, all_steps AS all, stage FROM reconciliation_run WHERE id = $1",
      [id],
    );
    return row;
  };

  test("the continuous run finds what a new order shows by the ledger's position, once, and closes it when it is mended", async () => {
    await reconcileContinuously(shop.deps, { lagSeconds: 0 });
    expect(await reconcileContinuously(shop.deps, { lagSeconds: 0 })).toBe(0);
    const orderId = await order();
    await misprice(orderId, 1);
    expect(await reconcileContinuously(shop.deps)).toBe(0);
    const passes = await Promise.all([shop.deps, other].map((deps) => reconcileContinuously(deps, { lagSeconds: 0 })));
    expect(Math.max(...passes)).toBeGreaterThan(0);
    expect(await priceFindings(orderId)).toEqual([{ status: "open", count: 1 }]);
    expect(await reconcileContinuously(shop.deps, { lagSeconds: 0 })).toBe(0);
    expect(await priceFindings(orderId)).toEqual([{ status: "open", count: 1 }]);
    await misprice(orderId, 1000);
    await shop.rows("INSERT INTO outbox (kind, order_id) VALUES ('order.placed', $1)", [orderId]);
    await reconcileContinuously(shop.deps, { lagSeconds: 0 });
    expect(await priceFindings(orderId)).toEqual([{ status: "resolved", count: 1 }]);
  });

  test("a run whose process was killed is gone on with behind its last step, and the one that comes back changes nothing", async () => {
    const orderId = await order();
    await misprice(orderId, 2);
    const runId = await addRun(shop.deps.db, { scope: {}, requestedBy: null });
    const first = await takeRun(shop.deps.db, runId);
    if (!first) throw new Error("not taken");
    expect(await takeRun(other.db, runId)).toBeNull();
    let steps = 0;
    await workOff(shop.deps, first, () => ++steps <= 3);
    expect(await runRow(runId)).toMatchObject({ state: "running", done: 3 });
    const second = await takeRun(other.db, runId);
    if (!second) throw new Error("a run that was let go is taken up");
    // The first process wakes up again: the run is not its any more.
    await workOff(shop.deps, first, () => true);
    expect(await runRow(runId)).toMatchObject({ state: "running", done: 3 });
    await workOff(other, second, () => true);
    const { state, done, all } = (await runRow(runId))!;
    expect({ state, isWhole: done === all }).toEqual({ state: "done", isWhole: true });
    expect(await priceFindings(orderId)).toEqual([{ status: "open", count: 1 }]);
    await misprice(orderId, 1000);
    await reconcileNow(shop.deps, { orderId });
    expect(await priceFindings(orderId)).toEqual([{ status: "resolved", count: 1 }]);
  });

  test("a run over an order, a period or an account looks at no other", async () => {
    const [one, two] = [await order(), await order()];
    await misprice(one, 3);
    await misprice(two, 3);
    await reconcileNow(shop.deps, { orderId: one });
    expect([await priceFindings(one), await priceFindings(two)]).toEqual([[{ status: "open", count: 1 }], []]);
    await reconcileNow(shop.deps, { from: "2020-01-01T00:00:00Z", to: "2020-02-01T00:00:00Z" });
    await reconcileNow(shop.deps, { accountId: "epay" });
    expect(await priceFindings(two)).toEqual([]);
    await reconcileNow(shop.deps, { from: new Date(Date.now() - 3_600_000).toISOString() });
    expect(await priceFindings(two)).toEqual([{ status: "open", count: 1 }]);
    for (const id of [one, two]) await misprice(id, 1000);
    await reconcileNow(shop.deps, {});
    expect(await priceFindings(two)).toEqual([{ status: "resolved", count: 1 }]);
  });

  test("a run that is asked for is on record, is seen, and stops behind its step when it is told to", async () => {
    expect(await requestReconciliation(shop.deps, admin, { orderId: newId() })).toEqual({
      ok: false,
      error: "not_found",
    });
    const backwards = { from: "2026-02-01T00:00:00Z", to: "2026-01-01T00:00:00Z" };
    expect(await requestReconciliation(shop.deps, admin, backwards)).toEqual({ ok: false, error: "out_of_range" });
    const asked = await requestReconciliation(shop.deps, admin, {});
    if (!asked.ok) throw new Error(asked.error);
    expect((await listRuns(shop.deps, admin)).find(({ id }) => id === asked.value)).toMatchObject({
      state: "waiting",
      mode: "demand",
    });
    const taken = await takeRun(shop.deps.db, asked.value);
    if (!taken) throw new Error("not taken");
    let steps = 0;
    await workOff(shop.deps, taken, () => {
      steps += 1;
      return steps < 3;
    });
    expect(await stopReconciliation(shop.deps, admin, asked.value)).toEqual({ ok: true, value: null });
    expect(await stopReconciliation(shop.deps, admin, asked.value)).toEqual({ ok: false, error: "not_found" });
    await workOff(shop.deps, taken, () => true);
    expect(await runRow(asked.value)).toMatchObject({ state: "stopped", done: 2 });
    expect(await takeRun(shop.deps.db, asked.value)).toBeNull();
    const actions = await shop.rows<{ action: string }>(
      "SELECT action FROM audit_event WHERE subject_id = $1 ORDER BY id",
      [asked.value],
    );
    expect(actions.map(({ action }) => action)).toEqual(["reconciliation.requested", "reconciliation.stopped"]);
    expect(await inTransaction(shop.deps.db, async (tx) => ok(await stopRun(tx, newId())))).toEqual({
      ok: true,
      value: false,
    });
    expect(await inTransaction(shop.deps.db, async (tx) => ok(await lockRun(tx, taken)))).toEqual({
      ok: true,
      value: null,
    });
  });

  test("the run of the hour and the run of the day are planned once, however many processes plan", async () => {
    await Promise.all([shop.deps, other, shop.deps, other].map(({ db }) => planRuns(db)));
    const planned = await shop.rows("SELECT mode FROM reconciliation_run WHERE slot IS NOT NULL ORDER BY mode");
    expect(planned).toEqual([{ mode: "daily" }, { mode: "hourly" }]);
    const open = "SELECT 1 FROM reconciliation_run WHERE state IN ('waiting', 'running') AND mode <> 'continuous'";
    for (let tries = 0; tries < 200 && (await shop.rows(open)).length > 0; tries += 1) {
      await runReconciliations(shop.deps);
      await new Promise((wake) => setTimeout(wake, 50));
    }
    const ended = await shop.rows("SELECT DISTINCT state FROM reconciliation_run WHERE slot IS NOT NULL");
    expect(ended).toEqual([{ state: "done" }]);
    await endOfReconciliation(shop.deps);
    expect(await runReconciliations(shop.deps)).toBe(0);
  });

  test("kapu reconcile prints how many there are of each kind, and ends with 1 when there are any", async ({
    database,
  }) => {
    const options = { env: { ...env, DATABASE_URL: database.superuser, KAPU_DATA_DIR: folder } };
    const orderId = await order();
    await misprice(orderId, 4);
    const [{ number } = { number: "" }] = await shop.rows<{ number: string }>(
      "SELECT number FROM orders WHERE id = $1",
      [orderId],
    );
    const broken = await kapuHere(["reconcile", "--order", number], options);
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(/ 1 {2}price_anomaly/);
    await misprice(orderId, 1000);
    const clean = await kapuHere(["reconcile", "--json"], options);
    expect(clean).toMatchObject({ code: 0 });
    expect(clean.json()).toMatchObject({ state: "done", closed: 1, findings: {} });
    await misprice(orderId, 5);
    const runId = await reconcileNow(shop.deps, { orderId });
    expect((await readRunOutcome(shop.deps, runId)).open).toEqual([{ kind: "price_anomaly", count: 1 }]);
  });
});
