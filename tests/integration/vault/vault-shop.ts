import { listCards, type VaultPage } from "@/lib/features/vault/list-cards";
import { VaultQuery } from "@/lib/features/vault/schema";
import { importCards } from "@/lib/flows/import-cards";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import type { TestDatabase } from "@/tests/support/database";
import { openShop } from "@/tests/support/shop";
import { memberOf, newAdmin, newMerchant } from "../merchants/shops";
import { signedInAs } from "./people";

export type Merchant = Proven<Extract<Viewer, { kind: "merchant" }>>;

async function* lines(text: string) {
  yield new TextEncoder().encode(text);
}

/** A shop whose merchant has cards in every state, of two variants, some of which expire; and those who look at them. */
export async function openVault(database: TestDatabase) {
  const shop = await openShop(database);
  const stocked = await shop.stock({ cards: 120 });
  const second = await shop.stock({ cards: 30 });
  const owner = (await signedInAs(shop.deps, await memberOf(shop.deps, stocked.merchantId))).viewer;
  const foreigner = (await signedInAs(shop.deps, await newMerchant(shop.deps))).viewer;
  const admin = (await signedInAs(shop.deps, await newAdmin(shop.deps))).viewer;
  await shop.restock(stocked, 40);
  const draft = { variantId: second.variantId, merchantId: second.merchantId, actor: owner, publish: false };
  await importCards(shop.deps, { ...draft, source: lines("DRAFT-1\nDRAFT-2\nDRAFT-3\n") });
  for (const quantity of [2, 3]) await shop.pay(await shop.place(stocked.variantId, { quantity }));
  await shop.place(stocked.variantId, { quantity: 4 });
  // A third of the first variant's cards expire, several on the same day.
  await shop.rows(
    `UPDATE card SET expires_at = timestamptz '2027-03-01 00:00+08' + make_interval(days => (n % 7)::int)
       FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM card WHERE variant_id = $1) k
      WHERE card.id = k.id AND n % 3 = 0`,
    [stocked.variantId],
  );
  /** Everything that a filter shows, page by page. */
  async function readAll(viewer: Viewer, fields: Record<string, string>): Promise<string[]> {
    const ids: string[] = [];
    let after: string | null | undefined;
    for (let page = 0; page < 1_000; page++) {
      const { rows, next }: VaultPage = await listCards(shop.deps, viewer, VaultQuery.parse({ ...fields, after }));
      ids.push(...rows.map(({ id }) => id));
      if (next === null) return ids;
      after = next;
    }
    throw new Error("the pages do not end");
  }
  return { shop, stocked, second, owner, foreigner, admin, readAll };
}
