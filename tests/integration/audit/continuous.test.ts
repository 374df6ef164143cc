import type pg from "pg";
import { inject } from "vitest";
import { auditContinuously, type Break, INVARIANTS, type Pass } from "@/lib/features/audit";
import { passOver } from "@/lib/features/audit/continuous";
import { nothingFound, type Position, takeRolling } from "@/lib/features/audit/position";
import { judgeWindow } from "@/lib/features/audit/run-audit";
import { setUp } from "@/lib/features/audit/snapshot";
import { close } from "@/lib/features/audit/subjects";
import type { Subjects } from "@/lib/features/audit/window";
import { limits } from "@/lib/kernel/limits";
import { shippedMigrations } from "@/lib/platform/migrate";
import { createDatabase, type TestDatabase } from "../../support/database";
import { describe, expect, test } from "../../support/test";
import { BREAKS } from "./breaks";
import { DANGLING } from "./dangling";
import { liveALittle } from "./lived-in-shop";
import { breakRows, breaksIn, goRound, judgeBroken, openJudge } from "./rounds";

const windowed = new Set(INVARIANTS.filter(({ window }) => window !== null).map(({ id }) => id));

describe("the continuous audit", () => {
  let livedIn: TestDatabase;
  /** A copy of its own: a database that somebody is connected to cannot be copied. */
  let brokenAside: TestDatabase;
  let judging: pg.Client;
  test.beforeAll(async ({ database }) => {
    livedIn = database;
    await liveALittle(database);
    brokenAside = await createDatabase(database.name);
    judging = await openJudge(brokenAside.superuser);
  });
  test.afterAll(async () => {
    await judging.end();
    await brokenAside.drop();
  });

  /** A copy of the lived-in shop, broken for everybody to see, and what one round finds of it, as the shop makes it. */
  async function findIn(sql: Sql): Promise<readonly Break[]> {
    const broken = await createDatabase(livedIn.name);
    try {
      await breakRows(broken.superuser, sql);
      const passes = await goRound(broken.audit);
      expect(failuresIn(passes)).toEqual([]);
      return breaksIn(passes);
    } finally {
      await broken.drop();
    }
  }

  /** The same round in a transaction that is taken back. */
  async function findAside(sql: Sql): Promise<readonly Break[]> {
    const pass = await judgeBroken(judging, sql, async (client) => {
      await setUp(client, limits.auditTickStatementMs, false);
      return passOver(client, shippedMigrations());
    });
    expect(pass).toMatchObject({ isRound: true, unfinished: null });
    expect(failuresIn([pass])).toEqual([]);
    return pass.breaks;
  }

  test("finds a lived-in shop clean, and asks every invariant that can be asked about a few rows", async () => {
    const passes = await goRound(livedIn.audit);
    expect(passes.map(({ unfinished }) => unfinished)).toEqual([null]);
    expect(failuresIn(passes)).toEqual([]);
    expect(breaksIn(passes)).toEqual([]);
    expect(new Set(passes[0]?.results.map(({ id }) => id))).toEqual(windowed);
    expect(INVARIANTS.filter(({ kind }) => kind === "safety").every(({ id }) => windowed.has(id))).toBe(true);
  });

  test("finds nothing broken in a clean shop, whichever single row it comes from", async () => {
    const found = await judgeBroken(judging, [], async (client) => {
      await setUp(client, limits.auditTickStatementMs, false);
      const broken: string[] = [];
      const judged = new Set<string>();
      let from: Position["rolling"] = { feed: 0, after: null };
      for (let isRound = false, rows = 0; !isRound; rows++) {
        expect(rows).toBeLessThan(2_000);
        const row = nothingFound();
        const rolled = await takeRolling(client, from, 1, row);
        const subjects = await close(client, row, null);
        const faults = judged.has(JSON.stringify(subjects)) ? [] : await judgeOnly(client, subjects);
        judged.add(JSON.stringify(subjects));
        broken.push(...faults.map((fault) => `${fault}, from ${JSON.stringify(from)}`));
        ({ rolling: from, isRound } = rolled);
      }
      return broken;
    });
    expect(found).toEqual([]);
  });

  const breaks = BREAKS.filter(({ id }) => windowed.has(id));
  /** One break of each invariant is there for everybody to see, and goes the way of the shop; halt.test.ts does so for promises of safety. */
  const isLate = ({ id }: { id: string }) => INVARIANTS.find((one) => one.id === id)?.kind === "liveness";
  /** The SQL of an invariant is the same for all its breaks: one of them shows that it runs on the older Postgres, too. */
  const firsts = breaks.filter(({ id }, index) => breaks.findIndex((other) => other.id === id) === index);
  const isNewest = inject("postgres").major === 18;

  test.each(isNewest ? breaks : firsts)("$id names: $what", async (broken) => {
    const { id, also = [], sql, fault } = broken;
    const found = await (firsts.includes(broken) && isLate(broken) ? findIn(sql) : findAside(sql));
    const expected = [id, ...also.filter((other) => windowed.has(other))].sort();
    expect([...new Set(found.map(({ invariant }) => invariant.id))].sort()).toEqual(expected);
    const own = found.filter(({ invariant }) => invariant.id === id);
    expect(own.flatMap(({ rows }) => rows.map((row) => row.fault))).toContain(fault);
    // A promise of safety leads to the product that it takes off sale.
    for (const { invariant, productId } of own) expect(productId === null).toBe(invariant.kind === "liveness");
  });

  test.each(isNewest ? DANGLING : DANGLING.slice(0, 1))(
    "I5 names a reference that leads nowhere: %s",
    async (fault, sql) => {
      const found = await findAside(sql);
      expect(found.flatMap(({ rows }) => rows.map((row) => row.fault))).toContain(fault);
    },
  );

  test("of two processes one has the turn", async () => {
    let inner: unknown = "not asked";
    const options = { migrations: [], settle: async () => {} };
    await auditContinuously(livedIn.audit, {
      ...options,
      settle: async () => {
        inner = await auditContinuously(livedIn.audit, options);
      },
    });
    expect(inner).toBeNull();
  });
});

type Sql = string | readonly string[];

const failuresIn = (passes: readonly Pass[]) =>
  passes.flatMap(({ results }) => results.flatMap(({ failure }) => failure ?? []));

/** What every invariant says of some subjects alone. */
async function judgeOnly(client: pg.ClientBase, subjects: Subjects): Promise<string[]> {
  const faults: string[] = [];
  for (const invariant of INVARIANTS) {
    const result = await judgeWindow(client, invariant, subjects);
    if (result?.failure) faults.push(`${invariant.id} failed: ${result.failure}`);
    for (const { fault } of result?.rows ?? []) faults.push(`${invariant.id} ${fault}`);
  }
  return faults;
}
