import { describe, expect, test } from "vitest";
import { fromPublicId, newId, newOrderNumber, newOutTradeNo, toPublicId } from "@/lib/kernel/id";

describe("ids", () => {
  test("later ids sort later, and a public id reads back to the same id of the same kind only", () => {
    const ids = Array.from({ length: 1_000 }, newId);
    expect([...ids].sort()).toEqual(ids);
    const id = newId();
    expect(fromPublicId("order", toPublicId("order", id))).toEqual({ ok: true, value: id });
    expect(fromPublicId("variant", toPublicId("order", id)).ok).toBe(false);
    for (const text of ["", "ord_", `ord_${"g".repeat(32)}`, `ord_${"0".repeat(33)}`, id, "ord_../../etc/passwd"]) {
      expect(fromPublicId("order", text).ok).toBe(false);
    }
  });

  test("order numbers share the day and nothing else: 50 random bits, readable letters", () => {
    const numbers = new Set(Array.from({ length: 5_000 }, () => newOrderNumber(Date.UTC(2026, 10, 21))));
    expect(numbers.size).toBe(5_000);
    for (const number of numbers) expect(number).toMatch(/^261121-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    const letters = new Set([...numbers].flatMap((number) => [...number.slice(7).replace("-", "")]));
    expect(letters.size).toBe(32);
  });

  test("the number a gateway sees is 32 letters that every gateway takes", () => {
    expect(newOutTradeNo()).toMatch(/^[A-Z0-9]{32}$/);
    expect(newOutTradeNo()).not.toBe(newOutTradeNo());
  });

  test("attack 23: of a gateway's number nothing can be guessed: every letter at every place, and no two have a row of them in common", () => {
    const numbers = Array.from({ length: 2_000 }, newOutTradeNo);
    for (let place = 1; place < 32; place++)
      expect(new Set(numbers.map((number) => number[place])).size, `${place}`).toBe(32);
    const rows = numbers.flatMap((number) => [1, 11, 21].map((from) => number.slice(from, from + 10)));
    expect(new Set(rows).size).toBe(rows.length);
  });
});
