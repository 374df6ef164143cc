import { expect, test } from "vitest";
import { aboutFinding } from "@/components/admin/finding-words";
import type { FindingRow } from "@/lib/features/reconciliation/list-findings";

const row: FindingRow = {
  id: "",
  kind: "dispute",
  severity: "high",
  status: "open",
  detail: { accountId: "epay", reason: "fraudulent" },
  amountMinor: null,
  currency: null,
  openedAt: new Date(0),
  lastFoundAt: new Date(0),
  foundCount: 1,
  resolvedAt: null,
  resolution: null,
  ownerId: null,
  ownerEmail: null,
  orderId: null,
  orderNumber: null,
  merchantName: "Seaside",
  productId: null,
  titleZh: null,
  titleEn: null,
  isHalted: false,
  accountId: "epay",
};

test("a row of the inbox names the account once, whether the finding knows it or its detail alone", () => {
  expect(aboutFinding(row, "en")).toBe("Seaside · epay · reason fraudulent");
  expect(aboutFinding({ ...row, accountId: null }, "en")).toBe("Seaside · account epay · reason fraudulent");
});
