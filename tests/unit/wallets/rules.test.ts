import fc from "fast-check";
import { expect, test } from "vitest";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { BOOKS, type MovementKind, needsTwoNames, parseSigned, sidesOf } from "@/lib/features/wallets/rules";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES, money } from "@/lib/kernel/money";

const kind = fc.constantFrom(...(Object.keys(BOOKS) as MovementKind[]));
const minor = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).filter((amount) => amount !== 0n);

test("whatever moves, its two sides sum to zero, and so does any run of movements", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(kind, minor), { maxLength: 50 }), (movements) => {
      const sides = movements.flatMap(([of, amount]) => [...sidesOf(of, amount)]);
      expect(sides.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(0n);
      const buyers = sides
        .filter(({ side }) => side === "buyer")
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
      expect(buyers).toBe(movements.reduce((sum, [, amount]) => sum + amount, 0n));
    }),
  );
});

test("taking needs as many names as giving, and the limit itself needs one", () => {
  for (const currency of CURRENCIES) {
    const most = limits.aloneMinorMax[currency];
    for (const sign of [1n, -1n]) {
      expect(needsTwoNames(money(sign * most, currency))).toBe(false);
      expect(needsTwoNames(money(sign * (most + 1n), currency))).toBe(true);
    }
  }
});

test("an amount with a sign is read exactly, and what is none is refused", () => {
  expect(parseSigned("5.00", "CNY")).toEqual({ ok: true, value: money(500n, "CNY") });
  expect(parseSigned("-0.01", "CNY")).toEqual({ ok: true, value: money(-1n, "CNY") });
  for (const text of ["", "-", "0", "-0", "0.00", "--1", "+1", "1e2", "1.001", " 1", "−1", "١"])
    expect([text, parseSigned(text, "CNY")]).toEqual([text, { ok: false, error: "amount_malformed" }]);
});

test("no notice and no answer speaks for a balance", () => {
  const opened = gatewayOf("balance").openAccount({ currency: "CNY" });
  if (!opened.ok) throw new Error(opened.error.join());
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string())), fc.uint8Array(), (query, body) => {
      const raw = { method: "POST", query, headers: [], body };
      expect(opened.value.readNotification(raw, 0)).toEqual({ ok: false, error: "malformed" });
    }),
  );
  expect(opened.value.refunds).toBeUndefined();
});
