import pg from "pg";
import { inject } from "vitest";
import { type AuditReport, INVARIANTS, judge, runAudit } from "@/lib/features/audit";
import { expectInvariants } from "@/tests/support/invariants";
import { describe, expect, test } from "@/tests/support/test";
import type { Break } from "./break";
import { BREAKS } from "./breaks";
import { DANGLING } from "./dangling";
import { liveALittle } from "./lived-in-shop";
import { judgeBroken, openJudge } from "./rounds";

const brokenIn = (report: AuditReport): string[] => report.results.filter(({ ok }) => !ok).map(({ id }) => id);
const failuresIn = (report: AuditReport): (string | null)[] =>
  report.results.map(({ failure }) => failure).filter(Boolean);

describe("the audit", () => {
  let judging: pg.Client;
  test.beforeAll(async ({ database }) => {
    await liveALittle(database);
    judging = await openJudge(database.superuser);
  });
  test.afterAll(() => judging.end());

  const judgeBreak = (sql: Break["sql"]): Promise<AuditReport> => judgeBroken(judging, sql, judge);

  test("finds a shop clean that has seen every kind of order, as its own role and in one snapshot", async ({
    database,
  }) => {
    const report = await runAudit(database.audit);
    expect(failuresIn(report)).toEqual([]);
    expect(report.results.flatMap(({ rows }) => rows)).toEqual([]);
    expect(report.isClean).toBe(true);
    await expectInvariants(database);
  });

  test("the lived-in shop really has every kind of order and card", async ({ database }) => {
    const client = new pg.Client({ connectionString: database.owner });
    await client.connect();
    const list = async (sql: string) => (await client.query<{ kind: string }>(sql)).rows.map(({ kind }) => kind);
    const orders = await list("SELECT DISTINCT status || '/' || exception AS kind FROM orders ORDER BY 1");
    const cards = await list("SELECT DISTINCT status AS kind FROM card ORDER BY 1");
    const entries = await list("SELECT DISTINCT kind FROM stock_entry ORDER BY 1");
    await client.end();
    expect(orders).toEqual([
      "cancelled/none",
      "delivered/double_paid",
      "delivered/none",
      "delivered/paid_late",
      "expired/none",
      "paid/owed",
      "pending/none",
      "pending/underpaid",
    ]);
    expect(cards).toEqual(["available", "delivered", "draft", "quarantined", "reserved", "withdrawn"]);
    expect(entries).toEqual([
      "bind",
      "claim",
      "deliver",
      "import",
      "publish",
      "quarantine",
      "release",
      "replace",
      "reserve",
      "restore",
      "transfer_in",
      "transfer_out",
      "withdraw",
    ]);
  });

  test("a stranger who has docs/ledger.md rebuilds the canonical bytes of every entry", async ({ database }) => {
    const client = new pg.Client({ connectionString: database.audit });
    await client.connect();
    const { rows } = await client.query<Record<string, string | null> & { card_ids: string[]; canonical: Buffer }>(
      "SELECT kind, merchant_id, order_id, batch_id, reference, card_ids::text[], canonical FROM stock_entry",
    );
    await client.end();
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      const named = [row.kind, row.merchant_id, row.order_id ?? "", row.batch_id ?? "", row.reference];
      expect(row.canonical.toString("utf8")).toBe(["kapu1", ...named, row.card_ids.join(",")].join("|"));
    }
  });

  /** The SQL of an invariant is the same for all its breaks: one of them shows that it runs on the older Postgres, too. */
  const firsts = BREAKS.filter(({ id }, index) => BREAKS.findIndex((other) => other.id === id) === index);
  const isNewest = inject("postgres").major === 18;

  test.each(isNewest ? BREAKS : firsts)("$id names: $what", async ({ id, also = [], sql, fault }) => {
    const report = await judgeBreak(sql);
    expect(failuresIn(report)).toEqual([]);
    expect(brokenIn(report).sort()).toEqual([id, ...also].sort());
    const rows = report.results.find((result) => result.id === id)?.rows ?? [];
    expect(rows.map((row) => row.fault)).toContain(fault);
  });

  test.each(isNewest ? DANGLING : DANGLING.slice(0, 1))(
    "I5 names a reference that leads nowhere: %s",
    async (fault, sql) => {
      const report = await judgeBreak(sql);
      const rows = report.results.find((result) => result.id === "I5")?.rows ?? [];
      expect(rows.map((row) => row.fault)).toContain(fault);
    },
  );

  test("every invariant has a break that it alone names", () => {
    const alone = new Set(BREAKS.filter(({ also }) => !also).map(({ id }) => id));
    expect(INVARIANTS.map(({ id }) => id).filter((id) => !alone.has(id))).toEqual([]);
  });

  test("I7 lets a payment stand that could not be judged, as long as an open finding names it", async () => {
    const unjudged = `UPDATE payment_event SET verdict = NULL, received_at = now() - interval '1 hour' WHERE order_id IS NOT NULL AND verdict = 'settled'`;
    const named = (
      status: string,
    ) => `INSERT INTO finding (id, kind, subject, event_id, status, resolved_at, resolution)
      SELECT gen_random_uuid(), 'unjudged_payment', id::text, id, ${status} FROM payment_event WHERE verdict IS NULL`;
    const open = await judgeBreak([unjudged, named("'open', NULL, NULL")]);
    expect(brokenIn(open)).toEqual([]);
    const closed = await judgeBreak([unjudged, named("'resolved', now(), 'x'")]);
    expect(brokenIn(closed)).toEqual(["I7"]);
  });

  test("an invariant that could not be read counts as broken, and the others are judged all the same", async () => {
    const report = await judgeBreak(["DROP TABLE refund"]);
    expect(report.isClean).toBe(false);
    expect(failuresIn(report).length).toBeGreaterThan(0);
    expect(report.results.filter(({ ok }) => ok).length).toBeGreaterThan(8);
  });

  test("at most a bounded number of rows is told, and that there are more", async () => {
    const report = await judgeBreak("UPDATE card SET batch_id = gen_random_uuid()");
    const agreement = report.results.find(({ id }) => id === "I5");
    expect(agreement?.rows.length).toBe(20);
    expect(agreement?.hasMore).toBe(true);
  });
});
