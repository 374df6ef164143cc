import pg from "pg";
import { COUNT_SQL, countFindings } from "@/lib/features/reconciliation/count-findings";
import { BulkForm, FindingListQuery, SavedViewForm } from "@/lib/features/reconciliation/inbox-schema";
import { findingsSql, listFindings } from "@/lib/features/reconciliation/list-findings";
import { renewFindings } from "@/lib/features/reconciliation/renew-findings";
import { readFindingPage } from "@/lib/flows/read-finding-page";
import {
  acceptFindings,
  assignFinding,
  closeFinding,
  leaveFindings,
  noteFindings,
  reopenFinding,
  takeFindings,
} from "@/lib/flows/work-on-findings";
import type { Prisma } from "@/lib/generated/prisma/client";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { inTransaction } from "@/lib/platform/db";
import { openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const FINDINGS = 100_000;
const ADMIN = { kind: "admin", userId: newId() } as const;
const COLLEAGUE = { kind: "admin", userId: newId() } as const;
const MERCHANT = { kind: "merchant", userId: newId(), merchantId: newId() } as const;

/** Every tenth is open, spread over kinds, gravities, shops, accounts and owners. */
const FILL = `
  INSERT INTO finding (id, kind, subject, status, severity, opened_at, last_found_at, merchant_id, account_id, owner_id, amount_minor, currency, resolved_at, resolution, search_keys)
  SELECT gen_random_uuid(), (ARRAY['owed_order', 'double_payment', 'fee_anomaly', 'cache_drift', 'gateway_only'])[1 + n % 5], 'filled-' || n,
         CASE WHEN n % 10 = 0 THEN 'open' WHEN n % 10 = 1 THEN 'in_work' ELSE 'resolved' END,
         (ARRAY['critical', 'high', 'medium', 'low'])[1 + (n / 10) % 4], now() - make_interval(mins => n), now(),
         ('00000000-0000-7000-8000-' || lpad(to_hex(n % 150), 12, '0'))::uuid, 'account-' || n % 40, CASE WHEN n % 10 = 1 THEN $1::uuid END,
         n, CASE WHEN n % 3 = 0 THEN 'USD' ELSE 'CNY' END, CASE WHEN n % 10 > 1 THEN now() END, CASE WHEN n % 10 > 1 THEN 'mended' END, ARRAY['T' || n]
    FROM generate_series(1, ${FINDINGS}) n`;

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly PlanNode[];
}
const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
const queryOf = (changes: Record<string, string> = {}) => FindingListQuery.parse(changes);

let shop: TestShop;
test.beforeAll(async ({ database }) => {
  shop = await openShop(database);
  for (const [{ userId }, email] of [
    [ADMIN, "one@example.com"],
    [COLLEAGUE, "two@example.com"],
  ] as const)
    await shop.rows("INSERT INTO app_user (id, email, password_hash, role) VALUES ($1, $2, '', 'admin')", [
      userId,
      email,
    ]);
});
test.afterAll(() => shop.close());

/** Findings of a kind, as a check finds them. */
async function find(kind: "owed_order" | "fee_anomaly" | "invariant_broken", count: number): Promise<string[]> {
  const subjects = Array.from({ length: count }, () => newId());
  const found = subjects.map((subject) => ({ kind, subject, look: "", detail: {} }));
  await inTransaction(shop.deps.db, async (tx) => ok(await renewFindings(tx, found)));
  const rows = await shop.rows<{ id: string }>("SELECT id FROM finding WHERE subject = ANY ($1) ORDER BY id", [
    subjects,
  ]);
  return rows.map(({ id }) => id);
}
const stateOf = async (id: string) => {
  const [row] = await shop.rows<{ state: string }>(
    "SELECT status || ' ' || coalesce(owner_id::text, '-') AS state FROM finding WHERE id = $1",
    [id],
  );
  return row?.state;
};
const historyOf = async (id: string) =>
  (await shop.rows<{ kind: string }>("SELECT kind FROM finding_event WHERE finding_id = $1 ORDER BY id", [id])).map(
    ({ kind }) => kind,
  );

describe(`the inbox of ${FINDINGS.toLocaleString("en")} findings`, () => {
  let client: pg.Client;
  test.beforeAll(async ({ database }) => {
    await shop.rows(FILL, [COLLEAGUE.userId]);
    await shop.rows("VACUUM ANALYZE finding");
    client = new pg.Client({ connectionString: database.app });
    await client.connect();
  });
  test.afterAll(() => client.end());

  const planOf = async ({ text, values }: Prisma.Sql) => {
    const { rows } = await client.query(`EXPLAIN (FORMAT JSON) ${text}`, values as unknown[]);
    return nodesOf(rows[0]["QUERY PLAN"][0].Plan as PlanNode);
  };

  test.each([
    ["as it opens", {}],
    ["the oldest", { sort: "oldest" }],
    ["the newest", { sort: "newest" }],
    ["the most money", { sort: "money" }],
    ["of one kind", { kind: "gateway_only" }],
    ["of one shop", { merchant: "00000000-0000-7000-8000-00000000000a" }],
    ["of one account", { account: "account-10" }],
    ["mine", { owner: "mine" }],
    ["nobody's, grave and old", { owner: "nobody", severity: "critical", age: "week" }],
    ["of halted products", { halted: "on" }],
    ["by a number", { q: "T500" }],
    ["the closed ones", { status: "closed", sort: "newest" }],
    ["a page far behind", { after: `2.${Date.now() - 40_000 * 60_000}.${newId()}` }],
  ])("no page reads all findings: %s", async (_, changes) => {
    const nodes = await planOf(findingsSql(queryOf(changes as Record<string, string>), COLLEAGUE));
    const scanned = nodes.filter((node) => node["Node Type"] === "Seq Scan" && node["Relation Name"] === "finding");
    expect(scanned).toEqual([]);
  });

  test("its counts are led by an index to what waits, and pass by what is closed", async () => {
    const scans = (await planOf(COUNT_SQL)).filter((node) => node["Relation Name"] === "finding");
    expect(scans.map((node) => node["Node Type"])).not.toContain("Seq Scan");
  });

  test("page by page, forward and back, every finding comes once and in order, whatever it is sorted by", async () => {
    for (const sort of ["urgent", "oldest", "newest", "money"]) {
      const narrow = { merchant: "00000000-0000-7000-8000-00000000000a", status: "live", sort };
      const seen: string[] = [];
      let after: string | null | undefined;
      let first: string | null = null;
      do {
        const page = await listFindings(shop.deps, COLLEAGUE, queryOf({ ...narrow, ...(after && { after }) }));
        seen.push(...page.rows.map(({ id }) => id));
        first ??= page.newer;
        after = page.older;
      } while (after);
      const [all] = await shop.rows<{ n: number }>(
        "SELECT count(*)::int AS n FROM finding WHERE merchant_id = $1 AND status IN ('open', 'in_work') AND ($2 <> 'money' OR currency = 'CNY')",
        [narrow.merchant, sort],
      );
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toHaveLength(all?.n ?? -1);
      expect(seen.length).toBeGreaterThan(50);
      if (!first) continue;
      const back = await listFindings(shop.deps, COLLEAGUE, queryOf({ ...narrow, before: first }));
      expect(back.rows.map(({ id }) => id)).toEqual(seen.slice(0, 50));
    }
  });

  test("it counts what waits by kind and age, and the money in it by currency", async () => {
    const counts = await countFindings(shop.deps, ADMIN);
    const [{ n = 0, minor = "" } = {}] = await shop.rows<{ n: number; minor: string }>(
      "SELECT count(*)::int AS n, sum(amount_minor) FILTER (WHERE currency = 'USD')::text AS minor FROM finding WHERE status IN ('open', 'in_work')",
    );
    expect(counts.all).toBe(n);
    expect(counts.kinds.reduce((sum, { ofToday, ofWeek, older }) => sum + ofToday + ofWeek + older, 0)).toBe(n);
    expect(counts.money.find(({ currency }) => currency === "USD")?.minor).toBe(BigInt(minor));
  });
});

describe("people at work on findings", () => {
  test("of two admins who take one finding at once one has it, and it is on record once", async () => {
    const [id = ""] = await find("owed_order", 1);
    const both = await Promise.all([takeFindings(shop.deps, ADMIN, [id]), takeFindings(shop.deps, COLLEAGUE, [id])]);
    const done = both.map((taken) => (taken.ok ? taken.value.done : -1));
    expect(done.sort()).toEqual([0, 1]);
    expect(await historyOf(id)).toEqual(["opened", "taken"]);
  });

  test("a finding goes from hand to hand, is accepted with a reason, opened again, and its history keeps it all", async () => {
    const [findingId = ""] = await find("owed_order", 1);
    await takeFindings(shop.deps, ADMIN, [findingId]);
    const given = { findingId, ownerId: COLLEAGUE.userId, seenOwner: ADMIN.userId };
    expect((await assignFinding(shop.deps, ADMIN, given)).ok).toBe(true);
    expect(await stateOf(findingId)).toBe(`in_work ${COLLEAGUE.userId}`);
    // Somebody whose page still shows the first owner is told.
    const stale = { findingId, ownerId: ADMIN.userId, seenOwner: ADMIN.userId };
    expect(await assignFinding(shop.deps, ADMIN, stale)).toEqual({ ok: false, error: "conflict" });
    expect((await leaveFindings(shop.deps, COLLEAGUE, [findingId])).ok).toBe(true);
    const word = { findingId, as: "accepted", reason: "the buyer agreed" } as const;
    expect((await closeFinding(shop.deps, ADMIN, word)).ok).toBe(true);
    expect(await closeFinding(shop.deps, COLLEAGUE, word)).toEqual({ ok: false, error: "already_closed" });
    expect((await reopenFinding(shop.deps, ADMIN, { findingId, reason: "he did not" })).ok).toBe(true);
    expect(await stateOf(findingId)).toBe("open -");
    expect(await historyOf(findingId)).toEqual(["opened", "taken", "assigned", "assigned", "accepted", "reopened"]);
    await expect(shop.rows("DELETE FROM finding_event WHERE finding_id = $1", [findingId])).rejects.toThrow();
  });

  test("a note with a script in it is kept as it was written", async () => {
    const [id = ""] = await find("owed_order", 1);
    const note = "<script>alert(1)</script> <img src=x onerror=alert(2)>";
    await noteFindings(shop.deps, ADMIN, { ids: [id], note });
    const page = await readFindingPage(shop.deps, ADMIN, id);
    const told = page?.story.flatMap(({ of, row }) =>
      of === "finding" && row.facts.what === "noted" ? [row.facts.note] : [],
    );
    expect(told).toEqual([note]);
  });

  test("many are accepted at once only where it costs nobody anything; of a mixed choice none is", async () => {
    const harmless = await find("fee_anomaly", 3);
    const [owed = ""] = await find("owed_order", 1);
    const mixed = await acceptFindings(shop.deps, ADMIN, { ids: [...harmless, owed], reason: "known" });
    expect(mixed).toEqual({ ok: false, error: "not_safe_together" });
    expect(await stateOf(harmless[0] ?? "")).toBe("open -");
    const accepted = await acceptFindings(shop.deps, ADMIN, { ids: harmless, reason: "a new tariff" });
    expect(accepted).toEqual({ ok: true, value: { done: 3, left: 0 } });
    const [broken = ""] = await find("invariant_broken", 1);
    const word = { findingId: broken, as: "resolved", reason: "x" } as const;
    expect(await closeFinding(shop.deps, ADMIN, word)).toEqual({ ok: false, error: "held_by_audit" });
  });

  test("a merchant finds no finding, takes none and changes none", async () => {
    const [id = ""] = await find("owed_order", 1);
    expect(await listFindings(shop.deps, MERCHANT, queryOf())).toEqual({ rows: [], newer: null, older: null });
    expect((await countFindings(shop.deps, MERCHANT)).all).toBe(0);
    expect(await readFindingPage(shop.deps, MERCHANT, id)).toBeNull();
    const refused = { ok: false, error: "not_allowed" };
    const asks: ((viewer: Viewer) => Promise<unknown>)[] = [
      (viewer) => takeFindings(shop.deps, viewer, [id]),
      (viewer) => noteFindings(shop.deps, viewer, { ids: [id], note: "x" }),
      (viewer) => acceptFindings(shop.deps, viewer, { ids: [id], reason: "x" }),
      (viewer) => closeFinding(shop.deps, viewer, { findingId: id, as: "accepted", reason: "x" }),
      (viewer) => reopenFinding(shop.deps, viewer, { findingId: id, reason: "x" }),
    ];
    for (const ask of asks) expect(await ask(MERCHANT)).toEqual(refused);
    expect(await historyOf(id)).toEqual(["opened"]);
  });

  test("what a form sends is read as it is: one box, many, none, a reason that is too long", () => {
    const id = newId();
    expect(BulkForm.parse({ act: "take", ids: id, words: "" })).toMatchObject({ ids: [id] });
    expect(BulkForm.parse({ act: "note", ids: [id, newId()], words: " x " })).toMatchObject({ words: "x" });
    expect(BulkForm.safeParse({ act: "take" }).success).toBe(false);
    expect(BulkForm.safeParse({ act: "accept", ids: id, words: "" }).success).toBe(false);
    expect(BulkForm.safeParse({ act: "accept", ids: id, words: "x".repeat(501) }).success).toBe(false);
    const view = {
      name: "urgent",
      kind: "owed_order",
      status: "live",
      sort: "urgent",
      owner: "mine",
      age: "nonsense",
      q: "",
    };
    expect(SavedViewForm.parse(view)).toEqual({ name: "urgent", query: "kind=owed_order&owner=mine" });
  });
});
