import { RUN_KINDS } from "@/lib/features/reconciliation/kinds";
import { readRunOutcome } from "@/lib/features/reconciliation/queries";
import {
  acceptFinding,
  lockFinding,
  noteFinding,
  reopenByHand,
  takeFinding,
} from "@/lib/features/reconciliation/work-on-finding";
import { drainOutbox } from "@/lib/flows/drain-outbox";
import { expireOrders } from "@/lib/flows/expire-orders";
import { reconcileNow } from "@/lib/flows/reconcile";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import { withClient } from "@/lib/platform/with-client";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { giveBalance, openBalance } from "@/tests/support/wallets";
import { breakRows } from "../audit/rounds";
import { CAUSES, type Cause } from "./causes";

/** Tables whose rows a cause changes. */
const KEPT = [
  "batch",
  "card",
  "orders",
  "order_line",
  "payment",
  "refund",
  "stock_entry",
  "outbox",
  "mail",
  "wallet",
  "statement_row",
  "statement_day",
  "gateway_account",
];

interface FindingRow {
  readonly id: string;
  readonly kind: string;
  readonly orderId: string | null;
  readonly status: string;
  readonly resolution: string | null;
  readonly runId: string | null;
  readonly severity: string;
  readonly amount: string | null;
  readonly merchantId: string | null;
  readonly detail: Readonly<Record<string, string>>;
}

describe("the kinds of differences", { timeout: 120_000 }, () => {
  let shop: TestShop;
  let superuser: string;
  /** What stands for `$order` and its like in the SQL of each cause. */
  const places = new Map<Cause, Readonly<Record<string, string>>>();
  const snapshots: FindingRow[][] = [];

  const findings = () =>
    shop.rows<FindingRow>(
      `SELECT id, kind, order_id AS "orderId", status, resolution, run_id AS "runId", severity, amount_minor::text AS amount, merchant_id AS "merchantId", detail
         FROM finding ORDER BY id`,
    );
  const run = async (): Promise<FindingRow[]> => {
    const runId = await reconcileNow(shop.deps, {});
    expect(await readRunOutcome(shop.deps, runId)).toMatchObject({ state: "done", failure: null });
    return findings();
  };
  const inPlace = (cause: Cause, sql: string): string =>
    Object.entries(places.get(cause) ?? {}).reduce(
      (text, [name, id]) => text.replaceAll(`$${name}`, `'${id}'::uuid`),
      sql,
    );

  /** A shop of many orders, every one of them right, of which the gateway's books tell the same. */
  test.beforeAll(async ({ database }) => {
    superuser = database.superuser;
    shop = await openShop(database);
    await openBalance(shop);
    await giveBalance(shop, { email: "saver@example.com", amount: "50.00" });
    const { variantId } = await shop.stock({ cards: CAUSES.length + 20 });
    const pair = await shop.place(variantId, { quantity: 2 });
    await shop.pay(pair);
    for (const cause of CAUSES) {
      const order = await shop.place(variantId);
      await shop.pay(order);
      places.set(cause, { order: order.id, pair: pair.id });
    }
    const owed = await owe();
    const [pending, unpaid] = [await shop.place(variantId), await shop.place(variantId)];
    for (const [cause, ids] of places) places.set(cause, { ...ids, owed, pending: pending.id, unpaid: unpaid.id });
    await drainOutbox(shop.deps, async () => {});
    await breakRows(superuser, [
      "UPDATE orders SET paid_at = paid_at - interval '20 minutes', delivered_at = delivered_at - interval '20 minutes', owed_at = owed_at - interval '20 minutes'",
      "UPDATE payment SET received_at = received_at - interval '20 minutes'",
      "UPDATE outbox SET created_at = created_at - interval '20 minutes'",
      `INSERT INTO statement_file (id, account_id, source, format, sha256, state, stored_line, row_count, first_at, last_at, finished_at)
       SELECT '${newId()}', 'epay', 'upload', 'wechat_trade', sha256('books'), 'kept', 100000, 1, now() - interval '3 days', now() + interval '3 days', now()`,
      `INSERT INTO statement_row (file_id, line, kind, account_id, gateway_trade_number, out_trade_no, amount_minor, currency, occurred_at, raw)
       SELECT (SELECT id FROM statement_file), row_number() OVER (ORDER BY p.id), 'payment', p.account_id, p.gateway_trade_number, a.out_trade_no, p.amount_minor,
              p.currency, p.received_at, '[]' FROM payment p JOIN payment_attempt a ON a.id = p.attempt_id WHERE p.account_id = 'epay'`,
    ]);
    await withClient(superuser, async (client) => {
      await client.query("CREATE SCHEMA kept");
      for (const table of KEPT) await client.query(`CREATE TABLE kept.${table} AS TABLE public.${table}`);
    });
    snapshots.push(await run());
    for (const cause of CAUSES)
      await breakRows(
        superuser,
        cause.sql.map((sql) => inPlace(cause, sql)),
      );
    snapshots.push(await run(), await run());
    await putBack();
    snapshots.push(await run(), await run());
  }, 240_000);
  test.afterAll(async ({ database }) => {
    await expectInvariants(database);
    await shop.close();
  });

  /** An order that is owed a card, because another bought what its reservation gave back. */
  async function owe(): Promise<string> {
    const { variantId } = await shop.stock({ cards: 1 });
    const slow = await shop.place(variantId);
    await shop.lapse(slow.id, 40);
    await expireOrders(shop.deps);
    await shop.pay(await shop.place(variantId));
    await shop.pay(slow);
    return slow.id;
  }

  async function putBack(): Promise<void> {
    await withClient(superuser, async (client) => {
      await client.query("SET session_replication_role = replica");
      for (const table of KEPT) {
        await client.query(`DELETE FROM public.${table}`);
        await client.query(`INSERT INTO public.${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept.${table}`);
      }
    });
    for (const cause of CAUSES)
      await breakRows(
        superuser,
        (cause.mend ?? []).map((sql) => inPlace(cause, sql)),
      );
  }

  const of = (cause: Cause, rows: readonly FindingRow[] | undefined) => {
    const own = new Set(idsIn(cause));
    return (rows ?? []).filter(({ kind, orderId }) => kind === cause.kind && (orderId === null || own.has(orderId)));
  };
  const idsIn = (cause: Cause): string[] =>
    Object.entries(places.get(cause) ?? {})
      .filter(([name]) => cause.sql.some((sql) => sql.includes(`$${name}`)))
      .map(([, id]) => id);

  test("a healthy shop has none but the debt that is known", () => {
    expect(snapshots[0]?.map(({ kind, status }) => `${kind} ${status}`)).toEqual(["owed_order open"]);
  });

  test("the table of causes has every kind that a run finds", () => {
    expect(new Set(CAUSES.map(({ kind }) => kind))).toEqual(new Set(RUN_KINDS));
  });

  test("nothing is called different but what was made so", () => {
    const expected = new Map<string, Set<string>>();
    for (const cause of CAUSES)
      for (const id of [...idsIn(cause), "none"])
        expected.set(id, new Set([...(expected.get(id) ?? []), cause.kind, ...(cause.also ?? [])]));
    const unexpected = snapshots[1]?.filter(({ kind, orderId }) => !expected.get(orderId ?? "none")?.has(kind));
    expect(unexpected).toEqual([]);
  });

  test.each(CAUSES.map((cause) => [cause.kind, cause.what, cause] as const))(
    "%s, %s: found in one run, one finding however often, closed by itself, and not opened again",
    (kind, _what, cause) => {
      const [, first, second, third, fourth] = snapshots.map((rows) => of(cause, rows));
      expect(first?.length, "found").toBeGreaterThan(0);
      for (const row of first ?? []) expect(row, kind).toMatchObject({ status: "open" });
      expect(second?.map(({ id, status }) => `${id} ${status}`)).toEqual(first?.map(({ id }) => `${id} open`));
      const closed = kind === "owed_order" ? ["owed_order open"] : third?.map(() => `${kind} resolved`);
      expect(third?.map((row) => `${row.kind} ${row.status}`)).toEqual(closed);
      expect(fourth).toEqual(third?.map((row) => ({ ...row, runId: fourth?.find(({ id }) => id === row.id)?.runId })));
    },
  );

  test("each has its shop and the money at stake, and its history says what happened to it", async () => {
    const orders = snapshots[1]?.filter(({ orderId }) => orderId !== null) ?? [];
    for (const row of orders)
      expect({ kind: row.kind, merchant: row.merchantId, amount: row.amount }).toEqual({
        kind: row.kind,
        merchant: expect.any(String),
        amount: expect.any(String),
      });
    const [stray] = of(CAUSES.find(({ what }) => what.startsWith("money with a number")) as Cause, snapshots[1]);
    expect(stray?.detail.suggestedNumbers).toContain("-");
    // What only a notice has told of may be forged.
    expect(snapshots[1]?.filter(({ kind }) => kind === "local_only").map(({ severity }) => severity)).toEqual([
      "critical",
    ]);
    const history = await shop.rows<{ story: string }>(
      `SELECT string_agg(e.kind, ' ' ORDER BY e.id) AS story FROM finding_event e JOIN finding f ON f.id = e.finding_id WHERE f.status = 'resolved' GROUP BY f.id`,
    );
    expect(new Set(history.map(({ story }) => story))).toEqual(new Set(["opened resolved"]));
  });

  test("one that was accepted stays closed while it looks the same, and opens again when it looks different", async () => {
    const [order] = await shop.rows<{ id: string }>(
      "SELECT id FROM orders WHERE status = 'delivered' ORDER BY id DESC LIMIT 1",
    );
    const at = (minor: number) =>
      breakRows(superuser, `UPDATE order_line SET unit_price_minor = ${minor} WHERE order_id = '${order?.id}'`);
    const state = async () =>
      (await findings()).find((row) => row.kind === "price_anomaly" && row.orderId === order?.id);
    const admin = newId();
    await shop.deps.db.appUser.create({
      data: { id: admin, email: `${admin}@example.com`, passwordHash: "x", role: "admin" },
    });
    const by = { findingId: "", actorId: admin };
    await at(999);
    await run();
    by.findingId = (await state())?.id as string;
    const decide = <T>(work: Parameters<typeof inTransaction<T, string>>[1]) =>
      inTransaction<T, string>(shop.deps.db, work);
    expect(await decide((tx) => takeFinding(tx, by))).toMatchObject({ ok: true, value: { status: "in_work" } });
    expect(await decide((tx) => takeFinding(tx, { ...by, actorId: newId() }))).toEqual({ ok: false, error: "taken" });
    expect(await decide((tx) => noteFinding(tx, { ...by, note: "asked the merchant" }))).toMatchObject({ ok: true });
    expect(await decide((tx) => acceptFinding(tx, { ...by, reason: "agreed with the buyer" }))).toMatchObject({
      ok: true,
    });
    expect(await decide((tx) => acceptFinding(tx, { ...by, reason: "twice" }))).toEqual({ ok: false, error: "closed" });
    await run();
    expect(await state()).toMatchObject({ status: "accepted" });
    await at(998);
    await run();
    expect(await state()).toMatchObject({ status: "open" });
    await at(1000);
    await run();
    expect(await state()).toMatchObject({ status: "resolved", resolution: "vanished" });
    expect(await decide((tx) => reopenByHand(tx, { ...by, note: "once more" }))).toMatchObject({ ok: true });
    await run();
    expect(await state()).toMatchObject({ status: "resolved" });
    const events = await shop.deps.db.findingEvent.findMany({
      where: { findingId: by.findingId },
      orderBy: { id: "asc" },
    });
    expect(events.map(({ kind }) => kind)).toEqual([
      "opened",
      "taken",
      "noted",
      "accepted",
      "reopened",
      "resolved",
      "reopened",
      "resolved",
    ]);
    await expect(shop.rows("UPDATE finding_event SET note = 'x'")).rejects.toThrow(/refuses/);
    expect(await decide(async (tx) => ok(await lockFinding(tx, newId())))).toEqual({ ok: true, value: null });
  });
});
