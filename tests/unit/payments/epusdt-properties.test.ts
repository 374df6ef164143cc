import fc from "fast-check";
import { expect, test } from "vitest";
import { readPaid } from "@/tests/support/gateways";
import { accountOf, NOTICE, post, signed } from "./epusdt-fixtures";

const account = accountOf("bepusdt");

test("a notice with any one letter changed is never the payment it was", () => {
  const body = signed();
  const letter = fc.string({ unit: "binary", minLength: 1, maxLength: 1 });
  fc.assert(
    fc.property(fc.nat(body.length - 1), letter, (at, other) => {
      fc.pre(body[at] !== other);
      const changed = body.slice(0, at) + other + body.slice(at + 1);
      const [before, after] = [readPaid(account, post(body)), readPaid(account, post(changed))];
      // White space for white space leaves the members as they were; nothing else may.
      if (after.ok) expect(after).toEqual(before);
    }),
    { numRuns: 1_500 },
  );
});

test("no bytes in a body make the reader throw or pay", () => {
  const members = fc.dictionary(fc.constantFrom(...Object.keys(NOTICE), "signature", "pid"), fc.anything());
  const json = members.map(
    (value) => JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? 1 : item)) ?? "",
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    json.map((text) => new TextEncoder().encode(text)),
  );
  fc.assert(
    fc.property(bytes, fc.constantFrom("bepusdt", "gmpay", "classic"), (body, flavour) => {
      expect(readPaid(accountOf(flavour), post(body)).ok).toBe(false);
    }),
    { numRuns: 1_500 },
  );
});

test("the test notice is a rightly signed one, for a number that no attempt has", () => {
  for (const flavour of ["bepusdt", "gmpay", "classic"] as const) {
    const of = accountOf(flavour);
    const notice = of.testNotice?.("https://shop.example/api/pay/epusdt/usdt", 0);
    const got = readPaid(of, post(notice?.body ?? ""));
    expect(got).toMatchObject({ ok: true, value: { outTradeNo: "KAPUTESTNOTICE" } });
  }
});
