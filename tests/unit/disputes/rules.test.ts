import { expect, test } from "vitest";
import {
  isMassProblem,
  judgeReopening,
  judgeReport,
  reopenEnd,
  shareOf,
  stateAfterAnswer,
} from "@/lib/features/disputes/rules";
import { limits } from "@/lib/kernel/limits";

const now = new Date("2026-11-22T00:00:00Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000);
const refused = (error: string) => ({ ok: false, error });
const passed = { ok: true, value: null };

test("an answer passes the turn to the other side; what the platform has in hand stays with it, and its own words change no turn", () => {
  expect(stateAfterAnswer("waiting_merchant", "merchant", false)).toBe("waiting_buyer");
  expect(stateAfterAnswer("waiting_buyer", "buyer", false)).toBe("waiting_merchant");
  expect(stateAfterAnswer("waiting_buyer", "buyer", true)).toBe("escalated");
  for (const by of ["buyer", "merchant", "admin"] as const)
    expect(stateAfterAnswer("escalated", by, true)).toBe("escalated");
  expect(stateAfterAnswer("waiting_buyer", "admin", true)).toBe("waiting_buyer");
});

test("a card is reported while it is delivered and not for ever; of an order that waits only that nothing came", () => {
  const delivered = { status: "delivered", deliveredAt: daysAgo(1), paidAt: daysAgo(1), now };
  const waiting = { ...delivered, status: "paid", deliveredAt: null };
  const card = { position: 1, kind: "used" } as const;
  expect(judgeReport(delivered, card)).toEqual(passed);
  expect(judgeReport(delivered, { ...card, position: null })).toEqual(passed);
  expect(judgeReport({ ...delivered, deliveredAt: daysAgo(limits.disputeReportDays) }, card)).toEqual(
    refused("report_late"),
  );
  expect(judgeReport(waiting, card)).toEqual(refused("not_reportable"));
  expect(judgeReport(waiting, { position: null, kind: "used" })).toEqual(refused("not_reportable"));
  expect(judgeReport(waiting, { position: null, kind: "not_received" })).toEqual(passed);
  for (const status of ["pending", "expired", "cancelled", "refunding", "refunded"])
    expect(judgeReport({ ...delivered, status }, card)).toEqual(refused("not_reportable"));
});

test("what was replaced or paid back is settled; a refusal can be taken further for some days and a few times", () => {
  const closed = { status: "decided", outcome: "reject", closedAt: daysAgo(1), reopenedCount: 0 } as const;
  expect(judgeReopening(closed, now)).toEqual(passed);
  expect(judgeReopening({ ...closed, outcome: "compensate" }, now)).toEqual(passed);
  expect(judgeReopening({ ...closed, status: "withdrawn", outcome: null }, now)).toEqual(passed);
  for (const outcome of ["replace", "refund", "bank_won", "bank_lost"] as const)
    expect(reopenEnd({ ...closed, outcome })).toBeNull();
  expect(judgeReopening({ ...closed, closedAt: daysAgo(limits.disputeReopenDays) }, now)).toEqual(
    refused("reopening_over"),
  );
  expect(judgeReopening({ ...closed, reopenedCount: limits.disputeReopensMax }, now)).toEqual(
    refused("reopening_over"),
  );
  expect(judgeReopening({ ...closed, status: "deciding" }, now)).toEqual(refused("not_closed"));
});

test("a mass problem is many reports and a share of what was sold", () => {
  const reports = limits.disputeBatchReportsMin;
  const most = (reports * 1_000) / limits.disputeBatchPerMille;
  expect(isMassProblem({ reports, delivered: most })).toBe(true);
  expect(isMassProblem({ reports, delivered: most + 1 })).toBe(false);
  expect(isMassProblem({ reports: reports - 1, delivered: reports - 1 })).toBe(false);
});

test("a share is said in tenths of a percent, in whole numbers", () => {
  expect([shareOf(5, 9), shareOf(1, 1_000), shareOf(0, 3), shareOf(3, 3), shareOf(1, 0)]).toEqual([
    "55.6%",
    "0.1%",
    "0.0%",
    "100.0%",
    "100.0%",
  ]);
});
