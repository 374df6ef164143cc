import { expect, test } from "vitest";
import { complaintAboutCard, isFalseShortage, type Lying, onceEach, type Transfer } from "@/simulate/pool-model";

const transfer = (change: Partial<Transfer> = {}): Transfer => ({
  form: "a",
  variant: 0,
  from: 0,
  to: 1,
  quantity: 2,
  moved: 2,
  left: 0,
  ...change,
});

test("one form is one transfer, and its parts add up", () => {
  const { once, wrong } = onceEach([transfer(), transfer(), transfer({ form: "b" })]);
  expect([once.length, wrong]).toEqual([2, []]);
  expect(onceEach([transfer(), transfer({ moved: 0, left: 2 })]).wrong).toHaveLength(1);
  expect(onceEach([transfer({ left: 1 })]).wrong).toHaveLength(1);
});

test("fewer go than were asked for only when others could have taken the rest", () => {
  const isFalse = (moved: number, lay: number, takenByOthersAtMost: number) =>
    isFalseShortage(transfer({ moved }), { lay, takenByOthersAtMost });
  expect([isFalse(2, 2, 0), isFalse(1, 1, 0), isFalse(1, 2, 1)]).toEqual([false, false, false]);
  expect([isFalse(1, 2, 0), isFalse(0, 3, 2)]).toEqual([true, true]);
});

test.each<[string, Lying | undefined, Lying, boolean]>([
  [
    "goes to another pool",
    { pool: 0, status: "available", orderId: null },
    { pool: 1, status: "available", orderId: null },
    true,
  ],
  [
    "is sold where it lies",
    { pool: 1, status: "available", orderId: null },
    { pool: 1, status: "reserved", orderId: "o" },
    true,
  ],
  [
    "is sold from aside",
    { pool: 2, status: "available", orderId: null },
    { pool: 2, status: "reserved", orderId: "o" },
    false,
  ],
  ["came aside, and is sold from there", undefined, { pool: 2, status: "delivered", orderId: "o" }, false],
  [
    "goes while its buyer has it",
    { pool: 0, status: "delivered", orderId: "o" },
    { pool: 1, status: "delivered", orderId: "o" },
    false,
  ],
])("a card: %s", (_, before, after, isKept) => {
  expect(complaintAboutCard(before, after, 2) === null).toBe(isKept);
});
