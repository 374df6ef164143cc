import { expect, test } from "vitest";
import {
  type CardState,
  complaintAboutMoved,
  complaintsAboutForms,
  isPassedBy,
  type Move,
  type MoveKind,
} from "@/simulate/move-model";

const FREE: CardState = { status: "available", orderId: null };
const ASIDE: CardState = { status: "quarantined", orderId: null };
const THROWN: CardState = { status: "withdrawn", orderId: null };
const SOLD: CardState = { status: "delivered", orderId: "o" };
const RESERVED: CardState = { status: "reserved", orderId: "o" };

test.each<[string, CardState | undefined, CardState, MoveKind[], boolean, boolean]>([
  ["is put aside", FREE, ASIDE, ["quarantine"], false, true],
  ["is put aside by nobody", FREE, ASIDE, [], false, false],
  ["is put aside with its batch, coming from an order", RESERVED, ASIDE, [], true, true],
  ["returns", ASIDE, FREE, ["restore"], false, true],
  ["returns and is sold", ASIDE, SOLD, ["quarantine", "restore"], false, true],
  ["returns by itself", ASIDE, FREE, [], false, false],
  ["is sold while it is put aside", ASIDE, RESERVED, ["withdraw"], false, false],
  ["is withdrawn", ASIDE, THROWN, ["withdraw"], false, true],
  ["is withdrawn by nobody", FREE, THROWN, [], false, false],
  ["is withdrawn, and comes back", THROWN, FREE, ["restore"], false, false],
  ["is taken out of its buyer's hands", SOLD, ASIDE, ["quarantine"], false, false],
  ["is withdrawn with the money of its order", SOLD, { status: "withdrawn", orderId: "o" }, [], false, true],
  ["is on sale again, and its batch is put aside", RESERVED, FREE, [], true, false],
  ["stays with its order, and its batch is put aside", RESERVED, SOLD, [], true, true],
  ["is new", undefined, FREE, [], false, true],
])("a card %s", (_, before, after, asked, isHeld, isKept) => {
  const frame = { before, after, asked: new Set(asked), isHeld, hasFaults: false };
  expect(complaintAboutMoved(frame) === null).toBe(isKept);
});

test("one form is one move, and moves or leaves what it names", () => {
  const move: Move = {
    form: "a",
    kind: "quarantine",
    variant: 0,
    cardIds: ["1", "2"],
    batchId: null,
    moved: 1,
    left: 1,
  };
  expect(complaintsAboutForms([move, move])).toEqual([]);
  expect(complaintsAboutForms([move, { ...move, moved: 0, left: 2 }])).toHaveLength(1);
  expect(complaintsAboutForms([{ ...move, left: 0 }])).toHaveLength(1);
  expect(complaintsAboutForms([{ ...move, batchId: "b", moved: 3, left: 0 }])).toHaveLength(1);
});

test("what was told to be moved is not where it was; of a batch only what is put aside is withdrawn", () => {
  const named = { kind: "withdraw", batchId: null } as const;
  expect([isPassedBy(named, FREE, FREE), isPassedBy(named, FREE, THROWN)]).toEqual([true, false]);
  const whole = { ...named, batchId: "b" };
  expect([isPassedBy(whole, FREE, FREE), isPassedBy(whole, ASIDE, ASIDE)]).toEqual([false, true]);
});
