import { RUN_KINDS, ruleOf } from "@/lib/features/reconciliation/kinds";
import { expectInvariants } from "@/tests/support/invariants";
import { describe, expect, test } from "@/tests/support/test";
import type { Case, Made } from "./remedied-case";
import { GOODS_CASES } from "./remedied-goods";
import { MONEY_CASES } from "./remedied-money";
import { openRemediedShop, type RemediedShop } from "./remedied-shop";

/**
 * Every remedy of every kind that a run finds, and of those that flows meet and no other test sees to its end. Money first: while it
 * is made, lapsed orders are swept, and of goods one stays lapsed.
 */
const CASES = [...MONEY_CASES, ...GOODS_CASES];

/** How it went with a difference, from its making to the end. */
interface Course {
  readonly of: Case;
  made?: Made;
  findingId?: string;
  outcome?: string;
  afterRemedy?: string;
  atTheEnd?: string;
  /** What stood in its way first. */
  error?: unknown;
}

describe("differences that were made for real", { timeout: 120_000 }, () => {
  let shop: RemediedShop;
  const courses: Course[] = CASES.map((of) => ({ of }));
  let before: readonly string[];
  let after: readonly string[];
  const standings: unknown[][] = [];
  const openIds = async () => (await shop.open()).map(({ id }) => id);

  /** The next step of every course that has come so far; where one fails, the others go on. */
  const each = async (step: (course: Course & { made: Made }) => Promise<unknown>) => {
    for (const course of courses)
      if (course.error === undefined)
        await step(course as Course & { made: Made }).catch((error: unknown) => Object.assign(course, { error }));
  };

  test.beforeAll(async ({ database }) => {
    shop = await openRemediedShop(database);
    await shop.run();
    before = await openIds();
    await each(async (course) => Object.assign(course, { made: await course.of.make(shop) }));
    await shop.run();
    await each(async (course) =>
      Object.assign(course, { findingId: await shop.only(course.of.kind, course.made.about) }),
    );
    await each(async (course) => {
      const { of, findingId = "", made } = course;
      course.outcome = await shop.remedy(findingId, of.remedy, made.input);
    });
    await each(async ({ made }) => made.after?.());
    await shop.run();
    await each(async (course) =>
      Object.assign(course, { afterRemedy: await shop.stateOfFinding(course.findingId ?? "") }),
    );
    await each(async ({ made }) => made.mend?.());
    await shop.run();
    await each(async (course) =>
      Object.assign(course, { atTheEnd: await shop.stateOfFinding(course.findingId ?? "") }),
    );
    standings.push(await shop.standing());
    after = await openIds();
    await shop.run();
    standings.push(await shop.standing());
  }, 240_000);
  test.afterAll(async ({ database }) => {
    await shop.close();
    await expectInvariants(database);
  });

  test("every remedy of every kind that a run finds is tried", () => {
    const tried = new Set(CASES.map(({ kind, remedy }) => `${kind} ${remedy}`));
    const allowed = RUN_KINDS.flatMap((kind) => ruleOf(kind).remedies.map((remedy) => `${kind} ${remedy}`));
    expect(allowed.filter((one) => !tried.has(one))).toEqual([]);
  });

  test.each(courses.map((course) => [course.of.kind, course.of.what, course.of.remedy, course] as const))(
    "%s, %s: found within one run, and gone by %s",
    (_kind, _what, _remedy, { error, made, outcome, afterRemedy, atTheEnd }) => {
      if (error !== undefined) throw error;
      expect(outcome).toBe(made?.outcome);
      const end = made?.ends ?? "resolved";
      expect([afterRemedy, atTheEnd]).toEqual([made?.mend ? "open" : end, end]);
    },
  );

  test("nothing is left open behind them, and another run finds nothing new", () => {
    expect(after).toEqual(before);
    expect(standings[1]).toEqual(standings[0]);
  });
});
