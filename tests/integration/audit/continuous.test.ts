import type pg from "pg";
import { inject } from "vitest";
import { auditContinuously, INVARIANTS } from "@/lib/features/audit";
import { nothingFound, type Position, takeRolling } from "@/lib/features/audit/position";
import { judgeWindow } from "@/lib/features/audit/run-audit";
import { withSnapshot } from "@/lib/features/audit/snapshot";
import { close } from "@/lib/features/audit/subjects";
import type { Subjects } from "@/lib/features/audit/window";
import { createDatabase, type TestDatabase } from "../../support/database";
import { describe, expect, test } from "../../support/test";
import { BREAKS } from "./breaks";
import { DANGLING } from "./dangling";
import { liveALittle } from "./lived-in-shop";
import { breakRows, breaksIn, goRound } from "./rounds";

const windowed = new Set(INVARIANTS.filter(({ window }) => window !== null).map(({ id }) => id));

describe("the continuous audit", () => {
  let livedIn: TestDatabase;
  test.beforeAll(async ({ database }) => {
    livedIn = database;
    await liveALittle(database);
  });

  /** A copy of the lived-in shop, broken, and what one round finds of it. */
  async function findIn(sql: string | readonly string[]) {
    const broken = await createDatabase(livedIn.name);
    try {
      await breakRows(broken.superuser, sql);
      const passes = await goRound(broken.audit);
      expect(passes.flatMap(({ results }) => results.flatMap(({ failure }) => failure ?? []))).toEqual([]);
      return breaksIn(passes);
    } finally {
      await broken.drop();
    }
  }

  test("finds a lived-in shop clean, and asks every invariant that can be asked about a few rows", async () => {
    const passes = await goRound(livedIn.audit);
    expect(passes.map(({ unfinished }) => unfinished)).toEqual([null]);
    expect(passes.flatMap(({ results }) => results.flatMap(({ failure }) => failure ?? []))).toEqual([]);
    expect(breaksIn(passes)).toEqual([]);
    expect(new Set(passes[0]?.results.map(({ id }) => id))).toEqual(windowed);
    expect(INVARIANTS.filter(({ kind }) => kind === "safety").every(({ id }) => windowed.has(id))).toBe(true);
  });

  test("finds nothing broken in a clean shop, whichever single row it comes from", async () => {
    const found = await withSnapshot(livedIn.audit, { statementMs: 5_000 }, async (client) => {
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
  /** The SQL of an invariant is the same for all its breaks: on the older Postgres one of them shows that it runs there, too. */
  const isFirst = ({ id }: { id: string }, index: number) => breaks.findIndex((other) => other.id === id) === index;
  const isNewest = inject("postgres").major === 18;

  test.each(isNewest ? breaks : breaks.filter(isFirst))("$id names: $what", async ({ id, also = [], sql, fault }) => {
    const found = await findIn(sql);
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
      const found = await findIn(sql);
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
