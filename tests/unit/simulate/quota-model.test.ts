import { expect, test } from "vitest";
import { type Call, complaintsAboutKey, type KeySeen } from "@/simulate/quota-model";

const seen = (
  counted: Record<string, [uses: number, usedAfter: number]> = {},
  change: Partial<KeySeen> = {},
): KeySeen => ({
  usesMax: 5,
  used: Object.values(counted).reduce((sum, [uses]) => sum + uses, 0),
  counted: new Map(Object.entries(counted).map(([callId, [uses, usedAfter]]) => [callId, { uses, usedAfter }])),
  orderId: "o",
  orderStatus: "delivered",
  cardStatus: "delivered",
  ...change,
});
const call = (callId: string, uses: number, verdict: string, used = uses, change: Partial<Call> = {}): Call => ({
  callId,
  uses,
  verdict,
  used,
  usesMax: 5,
  isFirst: true,
  ...change,
});
const TAKEN = { orderStatus: "refunded", cardStatus: "withdrawn" };

test.each<[string, KeySeen, Call[], KeySeen, boolean]>([
  ["spent once", seen(), [call("a", 2, "spent")], seen({ a: [2, 2] }), true],
  [
    "spent by two calls at once",
    seen(),
    [call("a", 2, "spent"), call("b", 3, "spent", 5)],
    seen({ a: [2, 2], b: [3, 5] }),
    true,
  ],
  [
    "spent by two calls that heard the same sum",
    seen(),
    [call("a", 2, "spent"), call("b", 2, "spent", 2)],
    seen({ a: [2, 2], b: [2, 2] }),
    false,
  ],
  ["spent beyond its uses", seen({ a: [4, 4] }), [call("b", 2, "spent", 6)], seen({ a: [4, 4], b: [2, 6] }), false],
  ["the same call again", seen({ a: [2, 2] }), [call("a", 2, "replayed")], seen({ a: [2, 2] }), true],
  [
    "the same call again, with other figures",
    seen({ a: [2, 2], b: [1, 3] }),
    [call("a", 2, "replayed", 3)],
    seen({ a: [2, 2], b: [1, 3] }),
    false,
  ],
  [
    "the same call told twice that it was spent",
    seen(),
    [call("a", 2, "spent"), call("a", 2, "spent")],
    seen({ a: [2, 2] }),
    false,
  ],
  ["the same call at once", seen(), [call("a", 2, "spent"), call("a", 2, "replayed")], seen({ a: [2, 2] }), true],
  ["a call that was never made, told that it was", seen(), [call("a", 2, "replayed")], seen({ a: [2, 2] }), false],
  ["a call in other words", seen({ a: [2, 2] }), [call("a", 1, "idempotency_conflict")], seen({ a: [2, 2] }), true],
  ["a first call that heard of other words", seen(), [call("a", 1, "idempotency_conflict")], seen(), false],
  ["exhausted", seen({ a: [4, 4] }), [call("b", 2, "exhausted", 4)], seen({ a: [4, 4] }), true],
  ["exhausted with enough left", seen({ a: [3, 3] }), [call("b", 2, "exhausted", 3)], seen({ a: [3, 3] }), false],
  [
    "exhausted, though it was counted before",
    seen({ a: [5, 5] }),
    [call("a", 5, "exhausted", 5)],
    seen({ a: [5, 5] }),
    false,
  ],
  ["unknown to its own buyer", seen(), [call("a", 1, "not_found")], seen(), false],
  ["spent while nobody has it", seen({}, TAKEN), [call("a", 1, "spent")], seen({ a: [1, 1] }, TAKEN), false],
  ["refused when nobody has it", seen({}, TAKEN), [call("a", 1, "not_found")], seen({}, TAKEN), true],
  [
    "refused, and counted all the same",
    seen({}, TAKEN),
    [call("a", 1, "not_found")],
    seen({ a: [1, 1] }, TAKEN),
    false,
  ],
  [
    "counted, its answer lost, and then taken away",
    seen(),
    [call("a", 1, "not_found", 0, { isFirst: false })],
    seen({ a: [1, 1] }, TAKEN),
    true,
  ],
  ["counted for nobody", seen(), [], seen({ a: [1, 1] }), false],
  ["a use is gone", seen({ a: [2, 2] }), [], seen(), false],
])("a key: %s", (_, before, calls, after, isKept) => {
  const complaints = complaintsAboutKey({ before, after, calls, isTouched: false, hasFaults: false });
  expect(complaints.length === 0).toBe(isKept);
});
