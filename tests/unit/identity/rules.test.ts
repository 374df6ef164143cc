import { describe, expect, test } from "vitest";
import { judgePassword, normalizeEmail } from "@/lib/features/identity/rules";

describe("a chosen password", () => {
  test.each([
    ["short one", "password_short"],
    ["一二三四五六七八九", "password_short"],
    ["x".repeat(129), "password_long"],
    ["aaaaaaaaaaaa", "password_guessable"],
    ["1234567890", "password_guessable"],
    ["qwertyuiop", "password_guessable"],
    ["password123", "password_guessable"],
    ["merchant@shop.test", "password_guessable"],
    ["merchant12", "password_guessable"],
  ])("%s is refused as %s", (password, problem) => {
    expect(judgePassword(password, "Merchant@shop.test")).toEqual({ ok: false, error: problem });
  });

  test.each(["correct horse", "一句记得住的中文密码短语", "9f!kQ2-zzP"])("%s is taken", (password) => {
    expect(judgePassword(password, "merchant@shop.test").ok).toBe(true);
  });
});

test("one mailbox has one spelling", () => {
  expect(normalizeEmail("  Boss@Shop.TEST ")).toBe("boss@shop.test");
});
