import { expect, test } from "vitest";
import {
  complaintAboutSwap,
  complaintsAboutReports,
  type Replacement,
  type SwappedCard,
} from "@/simulate/replace-model";

const swap = (change: Partial<Replacement> = {}): Replacement => ({
  id: "r",
  orderId: "o",
  position: 1,
  status: "done",
  oldCardId: "old",
  newCardId: "new",
  ...change,
});
const card = (status: string, orderId: string | null = "o", variantId = "v"): SwappedCard => ({
  status,
  orderId,
  variantId,
});
const FREE = card("available", null);

test.each<[string, Replacement, SwappedCard, SwappedCard, SwappedCard, boolean]>([
  ["the old one is burnt, and a new one given", swap(), card("withdrawn"), FREE, card("delivered"), true],
  ["the old one is still the buyer's", swap(), card("delivered"), FREE, card("delivered"), false],
  ["the new one is another order's", swap(), card("withdrawn"), FREE, card("delivered", "p"), false],
  ["the new one is of another kind", swap(), card("withdrawn"), FREE, card("delivered", "o", "w"), false],
  ["the new one was somebody's", swap(), card("withdrawn"), card("delivered", "p"), card("delivered"), false],
  ["there is no new one", swap({ newCardId: null }), card("withdrawn"), FREE, FREE, false],
  ["it waits", swap({ status: "waiting", newCardId: null }), card("delivered"), FREE, FREE, true],
])("a bad card: %s", (_, replacement, old, was, now, isKept) => {
  const complaint = complaintAboutSwap({
    replacement,
    cardBefore: () => was,
    card: (id) => (id === "old" ? old : now),
    isNew: true,
  });
  expect(complaint === null).toBe(isKept);
});

test("a report is granted once, and only what somebody decided is replaced", () => {
  const report = (decisions: string[], granted: string[]) => ({
    decisions: new Set(decisions),
    granted: new Set(granted),
  });
  const count = (...args: Parameters<typeof complaintsAboutReports>) => complaintsAboutReports(...args).length;
  expect(count([report(["r", "s"], ["r"])], [swap()])).toBe(0);
  expect(count([], [swap()])).toBe(1);
  expect(count([report(["r"], ["r"])], [])).toBe(1);
  expect(count([report(["r", "s"], ["r", "s"])], [swap(), swap({ id: "s", oldCardId: "x", newCardId: "y" })])).toBe(2);
  expect(count([report(["r"], []), report(["s"], [])], [swap(), swap({ id: "s", newCardId: "y" })])).toBe(1);
  expect(count([report(["r"], []), report(["s"], [])], [swap(), swap({ id: "s", oldCardId: "x" })])).toBe(1);
});
