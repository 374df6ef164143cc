import { askForStatement, endOfFetches, fetchStatements } from "@/lib/flows/fetch-statements";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { setBounds } from "@/tests/support/bounds";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { SETTINGS as STRIPE } from "@/tests/unit/payments/stripe-fixtures";
import { addAccount, addAdmin, depsWith } from "./statement-shop";

/** Noon of the 21st in Shanghai: every gateway has the 20th ready. */
const NOON = Date.parse("2026-11-21T04:00:00Z");

interface Page {
  readonly from: number;
  readonly after: string | null;
}

/** A Stripe that has `rows` movements a day and gives ten a page. */
function stripeWith(rows: number, { onPage = async (_page: Page, _url: URL): Promise<Response | null> => null } = {}) {
  const asked: Page[] = [];
  const answer: typeof fetch = async (input) => {
    const url = new URL(String(input));
    const page = { from: Number(url.searchParams.get("created[gte]")), after: url.searchParams.get("starting_after") };
    asked.push(page);
    const instead = await onPage(page, url);
    if (instead) return instead;
    const first = page.after === null ? 0 : Number(page.after.split("_")[2]) + 1;
    const data = Array.from({ length: Math.max(0, Math.min(10, rows - first)) }, (_, at) => ({
      id: `txn_${page.from}_${first + at}`,
      object: "balance_transaction",
      type: "charge",
      reporting_category: "charge",
      amount: 1_000,
      fee: 59,
      currency: "usd",
      created: page.from + first + at,
      status: "available",
      source: `ch_${first + at}`,
      // Letters that a database has no place for.
      description: "\u0000 \ud800",
    }));
    return Response.json({ object: "list", data, has_more: first + data.length < rows });
  };
  return { asked, fetch: answer };
}

describe("the statements that gateways make of each day", { timeout: 120_000 }, () => {
  let shop: TestShop;
  test.beforeEach(async ({ database }) => {
    shop = await openShop(database);
    await shop.rows(
      "DROP TRIGGER statement_file_no_delete ON statement_file; DROP TRIGGER statement_row_no_delete ON statement_row",
    );
    await shop.rows(
      "DELETE FROM statement_day; DELETE FROM statement_reject; DELETE FROM statement_row; DELETE FROM statement_file; DELETE FROM gateway_account",
    );
    await shop.rows(`CREATE TRIGGER statement_file_no_delete BEFORE DELETE ON statement_file FOR EACH ROW EXECUTE FUNCTION refuse_change();
                     CREATE TRIGGER statement_row_no_delete BEFORE DELETE ON statement_row FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
  });
  test.afterEach(async ({ database }) => {
    await shop.close();
    await expectInvariants(database);
  });

  const addStripe = (id: string) =>
    addAccount(shop.deps, {
      id,
      kind: "stripe",
      currency: "USD",
      settings: { ...STRIPE, endpoint: `http://127.0.0.1:9/${id}` },
    });
  const at = (fetch: typeof globalThis.fetch, now = NOON): Deps => depsWith(shop.deps, { fetch, now: () => now });
  const run = async (deps: Deps) => {
    const count = await fetchStatements(deps);
    await endOfFetches(deps);
    return count;
  };
  const days = () =>
    shop.rows<{
      account_id: string;
      day: string;
      state: string;
      failure: string | null;
      try_count: number;
      waits: boolean;
    }>(
      "SELECT account_id, day, state, failure, try_count, coalesce(next_try_at > clock_timestamp(), false) AS waits FROM statement_day ORDER BY account_id, day",
    );
  const rowCount = async (): Promise<number> =>
    (await shop.rows<{ n: number }>("SELECT count(*)::int AS n FROM statement_row"))[0]?.n ?? -1;

  test("are had once for each of the last days, page by page, and not asked for again", async () => {
    await addStripe("s1");
    const stripe = stripeWith(25);
    const deps = at(stripe.fetch);
    expect(await run(deps)).toBe(1);
    const had = await days();
    expect(had.map(({ day, state }) => [day, state])).toEqual(
      ["14", "15", "16", "17", "18", "19", "20"].map((day) => [`2026-11-${day}`, "done"]),
    );
    expect(await rowCount()).toBe(7 * 25);
    expect(stripe.asked).toHaveLength(7 * 3);
    await run(deps);
    expect(stripe.asked).toHaveLength(7 * 3);
    // The next day is one day more.
    await run(at(stripe.fetch, NOON + 24 * 3_600_000));
    expect((await days()).map(({ state }) => state)).toEqual(Array(8).fill("done"));
  });

  test("of two processes at once are each read once", async () => {
    await addStripe("s1");
    const stripe = stripeWith(25);
    await Promise.all([run(at(stripe.fetch)), run(at(stripe.fetch))]);
    await run(at(stripe.fetch));
    expect(stripe.asked).toHaveLength(7 * 3);
    expect(await rowCount()).toBe(7 * 25);
  });

  test("go on behind the last page that is in when the reading broke off, and no row is there twice", async () => {
    await addStripe("s1");
    let isBroken = true;
    const stripe = stripeWith(35, {
      onPage: async ({ after }) =>
        isBroken && after?.endsWith("_19") ? new Response("<html>", { status: 502 }) : null,
    });
    await run(at(stripe.fetch));
    expect(await days()).toMatchObject([
      { state: "due", failure: expect.any(String), try_count: 1, waits: true },
      ...Array(6).fill({ try_count: 0 }),
    ]);
    expect(await rowCount()).toBe(20);
    isBroken = false;
    stripe.asked.length = 0;
    await shop.rows("UPDATE statement_day SET next_try_at = clock_timestamp()");
    await run(at(stripe.fetch));
    expect(stripe.asked[0]?.after).toMatch(/_19$/);
    expect((await days()).every(({ state }) => state === "done")).toBe(true);
    expect(await rowCount()).toBe(7 * 35);
    const [file] = await shop.rows("SELECT row_count, known_count FROM statement_file ORDER BY day LIMIT 1");
    expect(file).toEqual({ row_count: 35, known_count: 0 });
  });

  test("whose reader was killed are taken up by another when its lease has lapsed, not before", async () => {
    await addStripe("s1");
    const stripe = stripeWith(5);
    await run(at(stripe.fetch));
    await shop.rows(
      "UPDATE statement_day SET state = 'due', next_try_at = clock_timestamp(), leased_until = clock_timestamp() + interval '5 minutes' WHERE day = '2026-11-20'",
    );
    stripe.asked.length = 0;
    await run(at(stripe.fetch));
    expect(stripe.asked).toEqual([]);
    await shop.rows(
      "UPDATE statement_day SET leased_until = clock_timestamp() - interval '1 second' WHERE day = '2026-11-20'",
    );
    await run(at(stripe.fetch));
    expect(stripe.asked).toHaveLength(1);
    expect(await rowCount()).toBe(7 * 5);
  });

  test("of a gateway that hangs delay no other's", async () => {
    await Promise.all(["s1", "s2", "s3"].map(addStripe));
    const hanging = new AbortController();
    const stripe = stripeWith(5);
    const answer: typeof fetch = (input, init) =>
      String(input).includes("/s2/")
        ? new Promise((_, reject) => hanging.signal.addEventListener("abort", () => reject(new Error("gone"))))
        : stripe.fetch(input, init);
    const deps = at(answer);
    const putBoundsBack = setBounds({ statementRunMs: 100 });
    try {
      expect(await fetchStatements(deps)).toBe(3);
      // The run is over while one still hangs; it is left out of the next ones, which find the others done.
      expect(await fetchStatements(deps)).toBeLessThan(3);
      await expect
        .poll(async () => (await days()).filter(({ state }) => state === "done").length, { timeout: 10_000 })
        .toBe(14);
    } finally {
      putBoundsBack();
    }
    hanging.abort();
    await endOfFetches(deps);
    expect((await days()).filter(({ account_id: id, state }) => id === "s2" && state === "done")).toEqual([]);
  });

  test("that cannot be had are asked for later and later, and given up in the end", async () => {
    await addStripe("s1");
    const stripe = stripeWith(0, { onPage: async () => new Response("no", { status: 503 }) });
    const pauses: number[] = [];
    for (let turn = 0; turn < limits.statementTriesMax; turn += 1) {
      await shop.rows("UPDATE statement_day SET next_try_at = CASE WHEN day = '2026-11-14' THEN clock_timestamp() END");
      await run(at(stripe.fetch));
      const [row] = await shop.rows<{ s: number | null }>(
        "SELECT extract(epoch FROM next_try_at - clock_timestamp())::int AS s FROM statement_day WHERE day = '2026-11-14'",
      );
      if (row?.s != null) pauses.push(row.s);
    }
    expect(pauses[0]).toBeGreaterThan(limits.statementRetrySeconds - 30);
    expect(pauses[1]).toBeGreaterThan((pauses[0] ?? 0) * 1.8);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(limits.statementRetrySecondsMax);
    expect((await days())[0]).toMatchObject({ state: "failed", try_count: limits.statementTriesMax, waits: false });
    // By hand it begins anew.
    const admin = await addAdmin(shop.deps);
    expect(await askForStatement(at(stripe.fetch), admin, { accountId: "s1", day: "2026-11-14" })).toMatchObject({
      ok: true,
    });
    await run(at(stripeWith(3).fetch));
    expect((await days())[0]).toMatchObject({ state: "done", failure: null });
  });

  test("may be asked for by hand for a day that is over, of an account that has any", async () => {
    await addStripe("s1");
    const admin = await addAdmin(shop.deps);
    const deps = at(stripeWith(1).fetch);
    const ask = (accountId: string, day: string) => askForStatement(deps, admin, { accountId, day });
    expect(await ask("s1", "2026-10-01")).toEqual({ ok: true, value: null });
    expect(await ask("s1", "2026-11-21")).toEqual({ ok: false, error: "out_of_range" });
    expect(await ask("s1", "2026-02-30")).toEqual({ ok: false, error: "out_of_range" });
    expect(await ask("nobody", "2026-10-01")).toEqual({ ok: false, error: "not_found" });
    await run(deps);
    expect((await days())[0]).toMatchObject({ day: "2026-10-01", state: "done", failure: null });
  });
});
