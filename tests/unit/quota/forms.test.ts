import { describe, expect, test } from "vitest";
import { SpendQuotaBody } from "@/lib/api/quota-schema";
import { KeysForm } from "@/lib/features/quota/schema";
import { isQuotaKey, newId, newQuotaKey } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";

describe("keys that are spent piece by piece", () => {
  test("are 260 random bits behind a prefix, in letters that are not mistaken for one another", () => {
    const keys = Array.from({ length: 1_000 }, newQuotaKey);
    expect(new Set(keys).size).toBe(1_000);
    for (const key of keys) expect(isQuotaKey(key)).toBe(true);
    const [key = ""] = keys;
    for (const text of [key.slice(1), `${key}0`, ` ${key}`, `${key}\n`, key.toLowerCase(), `kq_${"I".repeat(52)}`, ""])
      expect(isQuotaKey(text), text).toBe(false);
  });

  test("are asked for by whole numbers within their bounds, and what does not fit is named", () => {
    const form = { batchId: newId(), variantId: newId(), count: "5", uses: " 1000 ", note: " n " };
    expect(KeysForm.parse(form)).toEqual({ ...form, count: 5, uses: 1_000, note: "n" });
    const codesOf = (changes: object) => {
      const parsed = KeysForm.safeParse({ ...form, ...changes });
      return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join()} ${message}`);
    };
    for (const count of ["", "x", "1.5", "-1"]) expect(codesOf({ count })).toEqual(["count not_a_number"]);
    for (const count of ["0", `${limits.quotaKeysPerBatchMax + 1}`])
      expect(codesOf({ count })).toEqual(["count out_of_range"]);
    expect(codesOf({ uses: `${limits.quotaUsesMax + 1}` })).toEqual(["uses out_of_range"]);
    expect(codesOf({ variantId: "" })).toEqual(["variantId required"]);
  });

  test("a call without a number spends one", () => {
    expect(SpendQuotaBody.parse({})).toEqual({ uses: 1 });
    expect(SpendQuotaBody.safeParse({ uses: 1, more: true }).success).toBe(false);
  });
});
