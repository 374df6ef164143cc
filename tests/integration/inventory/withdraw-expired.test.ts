import { listExpiring } from "@/lib/features/inventory/expiry";
import { withdrawExpired } from "@/lib/flows/withdraw-expired";
import { newId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps } from "@/lib/platform/deps";
import { setBounds } from "@/tests/support/bounds";
import { expectInvariants } from "@/tests/support/invariants";
import { openDeps, openShop, type Stocked, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const ADMIN: Viewer = { kind: "admin", userId: newId() };

describe("cards that expire", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  /** Cards as an import with an expiry leaves them: the day above the sequence in `pick`. */
  const expire = ({ variantId }: Stocked, when: string, cards: number) =>
    shop.rows(
      `UPDATE card SET expires_at = t.at, pick = (floor(extract(epoch FROM t.at) / 86400)::bigint << 43) | (pick & ((1::bigint << 43) - 1))
         FROM (SELECT now() + $2::interval AS at) t
        WHERE id IN (SELECT id FROM card WHERE variant_id = $1 AND status = 'available' AND expires_at IS NULL LIMIT $3)`,
      [variantId, when, cards],
    );
  const never = ({ variantId }: Stocked) =>
    shop.rows("UPDATE card SET pick = (1048575::bigint << 43) | pick WHERE variant_id = $1 AND expires_at IS NULL", [
      variantId,
    ]);
  const statesOf = async ({ variantId }: Stocked) =>
    tally(
      (await shop.rows<{ status: string }>("SELECT status FROM card WHERE variant_id = $1", [variantId])).map(
        ({ status }) => status,
      ),
    );

  test("are withdrawn by the job once their time is over, with an entry of the ledger, and no other card is", async () => {
    const stocked = await shop.stock({ cards: 9 });
    await expire(stocked, "-1 minute", 3);
    await expire(stocked, "1 hour", 2);
    await expire(stocked, "3 days", 1);
    await never(stocked);
    expect(await withdrawExpired(shop.deps)).toBe(3);
    expect(await withdrawExpired(shop.deps)).toBe(0);
    expect(await statesOf(stocked)).toEqual({ available: 6, withdrawn: 3 });
    const entries = await shop.rows<{ text: string }>(
      "SELECT kind || ' ' || reference || ' ' || cardinality(card_ids) AS text FROM stock_entry WHERE reference = 'expired' AND merchant_id = $1",
      [stocked.merchantId],
    );
    expect(entries).toEqual([{ text: "withdraw expired 3" }]);
  });

  test("two runs at once and a chunk that is smaller than the batch take each card once", async ({ database }) => {
    const other = openDeps(database);
    const stocked = await shop.stock({ cards: 20 });
    await expire(stocked, "-1 day", 17);
    await never(stocked);
    const putBoundsBack = setBounds({ ledgerCardIdsPerEntry: 4 });
    try {
      const taken = await Promise.all([withdrawExpired(shop.deps), withdrawExpired(other)]);
      expect(taken[0] + taken[1]).toBe(17);
    } finally {
      putBoundsBack();
    }
    expect(await statesOf(stocked)).toEqual({ available: 3, withdrawn: 17 });
    await closeDeps(other);
  });

  test("what a buyer holds is left to him, however old it is", async () => {
    const stocked = await shop.stock({ cards: 2 });
    await expire(stocked, "1 hour", 2);
    await shop.place(stocked.variantId);
    await shop.rows("UPDATE card SET expires_at = now() - interval '1 hour' WHERE variant_id = $1", [
      stocked.variantId,
    ]);
    expect(await withdrawExpired(shop.deps)).toBe(1);
    expect(await statesOf(stocked)).toEqual({ reserved: 1, withdrawn: 1 });
  });

  test("are told of days before, the soonest first, to their own merchant", async () => {
    const stocked = await shop.stock({ cards: 5 });
    await expire(stocked, "2 days", 2);
    await expire(stocked, "30 days", 1);
    await never(stocked);
    const rows = await listExpiring(shop.deps, ADMIN);
    expect(rows.find(({ variantId }) => variantId === stocked.variantId)?.cards).toBe(2);
    const stranger: Viewer = { kind: "merchant", userId: newId(), merchantId: newId() };
    expect(await listExpiring(shop.deps, stranger)).toEqual([]);
  });
});
