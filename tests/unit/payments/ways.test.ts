import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AccountTerms,
  choosePayee,
  type Payee,
  PLAIN_TERMS,
  SHOP_ITSELF,
  waysToPay,
} from "@/lib/features/payments/ways";

const account = (id: string, terms: Partial<AccountTerms> = {}, rest: Partial<Payee> = {}): Payee => ({
  id,
  kind: "epay",
  currency: "CNY",
  isActive: true,
  gateway: { methods: [] },
  terms: { ...PLAIN_TERMS, ...terms },
  ...rest,
});
const among = (...accounts: Payee[]) => new Map(accounts.map((one) => [one.id, one]));
const order = { merchantId: "m1", currency: "CNY", amountMinor: 1_000n, now: 1_000, chance: 0 };
/** How often each account is chosen over evenly spread chances. */
function shares(accounts: ReadonlyMap<string, Payee>, namedId: string, rounds = 1_000): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let n = 0; n < rounds; n++) {
    const id = choosePayee(accounts, namedId, { ...order, chance: n / rounds })?.id ?? "nobody";
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

describe("which account a payment goes to", () => {
  test("an account that shares with nobody is the one that was named, or none", () => {
    const accounts = among(account("a"), account("b"), account("off", {}, { isActive: false }));
    expect(shares(accounts, "a")).toEqual({ a: 1_000 });
    expect(choosePayee(accounts, "off", order)).toBeNull();
    expect(choosePayee(accounts, "nobody", order)).toBeNull();
  });

  test("accounts of one way share by weight, whichever of them was named, and a disabled one passes its buyers on", () => {
    const accounts = among(
      account("a", { way: "w", weight: 30 }),
      account("b", { way: "w", weight: 10 }),
      account("c", { way: "w", weight: 60 }, { isActive: false }),
    );
    for (const named of ["a", "b", "c"]) expect(shares(accounts, named)).toEqual({ a: 750, b: 250 });
  });

  test("one word does not join what differs in kind, currency, methods or owner", () => {
    const accounts = among(
      account("a", { way: "w" }),
      account("kind", { way: "w" }, { kind: "vmq" }),
      account("currency", { way: "w" }, { currency: "USD" }),
      account("methods", { way: "w" }, { gateway: { methods: ["wxpay"] } }),
      account("owner", { way: "w", merchantId: "m2" }),
    );
    expect(shares(accounts, "a")).toEqual({ a: 1_000 });
  });

  test("weight 0 is a reserve, used when no other can", () => {
    const accounts = among(account("a", { way: "w" }), account("spare", { way: "w", weight: 0 }));
    expect(shares(accounts, "spare")).toEqual({ a: 1_000 });
    const full = among(account("a", { way: "w", amountMaxMinor: 999n }), account("spare", { way: "w", weight: 0 }));
    expect(shares(full, "a")).toEqual({ spare: 1_000 });
  });

  test("limits shut an account out, to the last minor unit", () => {
    const takes = (terms: Partial<AccountTerms>) => choosePayee(among(account("a", terms)), "a", order) !== null;
    expect([takes({ amountMinMinor: 1_000n }), takes({ amountMinMinor: 1_001n })]).toEqual([true, false]);
    expect([takes({ amountMaxMinor: 1_000n }), takes({ amountMaxMinor: 999n })]).toEqual([true, false]);
    const day = { dayMaxMinor: 5_000n };
    expect([takes({ ...day, paidTodayMinor: 4_000n }), takes({ ...day, paidTodayMinor: 4_001n })]).toEqual([
      true,
      false,
    ]);
  });

  test("one that does not answer is left out while another of its way does, and is better than none", () => {
    const resting = { way: "w", restsUntil: 2_000 };
    expect(shares(among(account("a", resting), account("b", { way: "w" })), "a")).toEqual({ b: 1_000 });
    expect(shares(among(account("a", resting), account("b", resting)), "a")).toEqual({ a: 500, b: 500 });
    expect(shares(among(account("a", { way: "w", restsUntil: 1_000 })), "a")).toEqual({ a: 1_000 });
  });

  test("a merchant's own accounts take its money as soon as one is active in the currency; another merchant's never do", () => {
    const shop = account("shop");
    const own = account("own", { merchantId: "m1" });
    const foreign = account("foreign", { merchantId: "m2" });
    expect(choosePayee(among(shop, foreign), "shop", order)?.id).toBe("shop");
    expect(choosePayee(among(shop, own), "shop", order)).toBeNull();
    expect(choosePayee(among(shop, own), "own", order)?.id).toBe("own");
    expect(choosePayee(among(shop, own, foreign), "foreign", order)).toBeNull();
    expect(choosePayee(among(shop, { ...own, isActive: false }), "shop", order)?.id).toBe("shop");
    expect(choosePayee(among(shop, { ...own, currency: "USD" }), "shop", order)?.id).toBe("shop");
  });

  test("whatever the accounts, only one that is active, in the currency, within its limits and the shop's or the merchant's is chosen", () => {
    const anyAccount = fc.record({
      id: fc.constantFrom("a", "b", "c", "d"),
      isActive: fc.boolean(),
      currency: fc.constantFrom("CNY" as const, "USD" as const),
      merchantId: fc.constantFrom(null, "m1", "m2"),
      way: fc.constantFrom(null, "w"),
      weight: fc.nat(3),
      max: fc.option(fc.bigInt(1n, 2_000n)),
      restsUntil: fc.nat(2_000),
    });
    fc.assert(
      fc.property(
        fc.array(anyAccount),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (list, chance) => {
          const accounts = among(
            ...list.map(({ id, isActive, currency, max, ...terms }) =>
              account(id, { ...terms, amountMaxMinor: max }, { isActive, currency }),
            ),
          );
          for (const named of accounts.keys()) {
            const chosen = choosePayee(accounts, named, { ...order, chance });
            if (!chosen) continue;
            expect([chosen.isActive, chosen.currency, chosen.terms.merchantId !== "m2"]).toEqual([true, "CNY", true]);
            expect((chosen.terms.amountMaxMinor ?? 1_000n) >= 1_000n).toBe(true);
            expect(chosen.id === named || chosen.terms.way === "w").toBe(true);
          }
        },
      ),
    );
  });
});

describe("what a buyer may choose from", () => {
  test("is one account of each way, in the order of their ids, and only ways that can take the amount", () => {
    const accounts = [
      account("a", { way: "w", amountMaxMinor: 500n }),
      account("b", { way: "w" }),
      account("c", { amountMinMinor: 2_000n }),
      account("d", { merchantId: "m2" }),
    ];
    const ids = (amountMinor?: bigint) =>
      waysToPay(accounts, { merchantId: "m1", currency: "CNY", ...(amountMinor !== undefined && { amountMinor }) }).map(
        ({ id }) => id,
      );
    expect(ids()).toEqual(["a", "c"]);
    expect(ids(1_000n)).toEqual(["b"]);
    expect(waysToPay(accounts, { merchantId: SHOP_ITSELF, currency: "CNY" }).map(({ id }) => id)).toEqual(["a", "c"]);
  });
});
