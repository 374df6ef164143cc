import { describe, expect, test } from "vitest";
import { invalidBody, PROBLEM_CODES, PROBLEMS, problem } from "@/lib/api/problem";
import { PlaceOrderBody } from "@/lib/api/schema";
import { limits } from "@/lib/kernel/limits";

const ORDER = { variantId: "var_x", quantity: 1, email: "buyer@example.com", gateway: "epay" };

const fieldsOf = (body: unknown): { path: string; code: string }[] => {
  const parsed = PlaceOrderBody.safeParse(body);
  if (parsed.success) throw new Error("accepted");
  return JSON.parse(invalidBody(parsed.error, body).body).fields;
};

test.each(PROBLEM_CODES)("%s is problem+json with its status, code and a sentence", (code) => {
  const { status, headers, body } = problem(code);
  expect(status).toBe(PROBLEMS[code].status);
  expect(headers["Content-Type"]).toMatch(/^application\/problem\+json/);
  expect(headers["Cache-Control"]).toBe("no-store");
  expect(JSON.parse(body)).toMatchObject({ code, status, type: `/api/docs#${code}` });
  expect(JSON.parse(body).detail).toMatch(/\.$/);
  expect(headers["Retry-After"] !== undefined).toBe(status === 429 || status === 503);
});

describe("a body that is refused names each field that is wrong", () => {
  test.each([
    ["a missing field", { ...ORDER, email: undefined }, "email", "invalid_type"],
    ["quantity 0", { ...ORDER, quantity: 0 }, "quantity", "too_small"],
    ["quantity -1", { ...ORDER, quantity: -1 }, "quantity", "too_small"],
    ["quantity 1.5", { ...ORDER, quantity: 1.5 }, "quantity", "invalid_type"],
    ["quantity 10^9", { ...ORDER, quantity: 1e9 }, "quantity", "too_big"],
    ["a quantity in a string", { ...ORDER, quantity: "1" }, "quantity", "invalid_type"],
    ["an e-mail that is not one", { ...ORDER, email: "buyer" }, "email", "invalid_format"],
    ["a coupon", { ...ORDER, couponCode: "SALE" }, "couponCode", "invalid_type"],
    ["an extra field", { ...ORDER, priceMinor: "1" }, "priceMinor", "unrecognized"],
    ["a prototype", JSON.parse(`{"__proto__":{},${JSON.stringify(ORDER).slice(1)}`), "__proto__", "unrecognized"],
    ["a short password", { ...ORDER, password: "12345" }, "password", "too_small"],
    ["an unknown language", { ...ORDER, locale: "fr" }, "locale", "invalid_value"],
  ])("%s", (_, body, path, code) => {
    expect(fieldsOf(body)).toContainEqual(expect.objectContaining({ path, code }));
  });

  test("an absent field reads missing", () => {
    expect(fieldsOf({ quantity: 1, email: "a@example.com", gateway: "epay" })).toEqual([
      { path: "variantId", code: "missing", detail: "This field is required." },
    ]);
  });

  test("and never repeats a value", () => {
    const parsed = PlaceOrderBody.safeParse({ ...ORDER, password: "hunter2".repeat(30), email: "se.cret@" });
    if (parsed.success) throw new Error("accepted");
    expect(invalidBody(parsed.error, {}).body).not.toMatch(/hunter2|se\.cret/);
  });

  test("but not more of them than a reader can use", () => {
    const extra = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`, 1]));
    expect(fieldsOf({ ...ORDER, ...extra })).toHaveLength(limits.problemFieldsMax);
  });
});
