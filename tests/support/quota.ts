import type { PlacedOrder } from "@/lib/features/orders/place-command";
import { generateKeys } from "@/lib/flows/generate-keys";
import { revealOrder } from "@/lib/flows/reveal-order";
import { newId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { cardAad, open, openDataKey } from "@/lib/platform/crypto";
import type { Stocked, TestShop } from "./shop";

/** The merchant of a test shop, who sells keys that are spent piece by piece. */
export interface QuotaShop {
  readonly owner: Extract<Viewer, { kind: "merchant" }>;
  /** A variant with so many keys on its shelf. */
  stock(options: { uses: number; count: number }): Promise<Stocked>;
  /** The same, bought and paid for, with what its buyer was shown. */
  sell(options: { uses: number; quantity?: number; spare?: number }): Promise<Sold>;
  /** What lies on the shelf, as nobody in the shop is shown it. */
  peek(variantId: string): Promise<string[]>;
}

export interface Sold {
  readonly stocked: Stocked;
  readonly order: PlacedOrder;
  readonly keys: readonly string[];
}

/** The texts of a delivered order. */
export async function shownOf(shop: TestShop, orderId: string): Promise<string[]> {
  const revealed = await revealOrder(shop.deps, { orderId, actor: { kind: "buyer" } });
  if (!revealed.ok) throw new Error(revealed.error);
  return revealed.value.secrets.map(({ text }) => text.reveal());
}

type Buy = (stocked: Stocked, quantity: number) => Promise<PlacedOrder>;

const buyFrom =
  (shop: TestShop): Buy =>
  async ({ variantId }, quantity) => {
    const order = await shop.place(variantId, { quantity });
    await shop.pay(order);
    return order;
  };

/** The texts of all cards of a variant, whoever has them; as nobody in the shop is shown them. */
export async function peek(shop: Pick<TestShop, "deps" | "rows">, variantId: string): Promise<string[]> {
  const rows = await shop.rows<{ id: string; merchant: string; batch: string; wrapped: Buffer; sealed: Buffer }>(
    `SELECT c.id, c.merchant_id AS merchant, c.batch_id AS batch, b.data_key AS wrapped, s.ciphertext AS sealed
       FROM card c JOIN batch b ON b.id = c.batch_id JOIN card_secret s ON s.card_id = c.id WHERE c.variant_id = $1 ORDER BY c.pick`,
    [variantId],
  );
  return rows.map(({ id, merchant, batch, wrapped, sealed }) => {
    const place = { merchantId: merchant, variantId, batchId: batch, cardId: id };
    return open(openDataKey(shop.deps.keys, wrapped, place), sealed, cardAad(place)).toString("utf8");
  });
}

/** Opens the shop of its merchant: a batch names the person who made it. Its buyers pay by a notice, unless told otherwise. */
export async function openQuotaShop(shop: TestShop, buy: Buy = buyFrom(shop)): Promise<QuotaShop> {
  const { merchantId } = await shop.stock({ cards: 0 });
  const userId = newId();
  await shop.deps.db.appUser.create({
    data: { id: userId, email: `${userId}@shop.test`, passwordHash: "-", role: "merchant", merchantId },
  });
  const owner = { kind: "merchant", userId, merchantId } as const;
  const stock: QuotaShop["stock"] = async ({ uses, count }) => {
    const stocked = await shop.stock({ cards: 0 });
    const { variantId } = stocked;
    const made = await generateKeys(shop.deps, owner, { batchId: newId(), variantId, count, uses, note: "" });
    if (!made.ok) throw new Error(made.error);
    return stocked;
  };
  return {
    owner,
    stock,
    async sell({ uses, quantity = 1, spare = 0 }) {
      const stocked = await stock({ uses, count: quantity + spare });
      const order = await buy(stocked, quantity);
      return { stocked, order, keys: await shownOf(shop, order.id) };
    },
    peek: (variantId) => peek(shop, variantId),
  };
}
