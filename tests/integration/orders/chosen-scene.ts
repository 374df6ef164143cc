import { listPreviews } from "@/lib/features/previews/queries";
import { expireOrders } from "@/lib/flows/expire-orders";
import { placeOrder } from "@/lib/flows/place-order";
import { newId } from "@/lib/kernel/id";
import { expectInvariants } from "@/tests/support/invariants";
import { type Choice, choosing } from "@/tests/support/previews";
import { openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { test } from "@/tests/support/test";

/** The shop of the file that runs. */
export let shop: TestShop;

/** A shop of this file's own; its books are audited after each test. */
export function useChosenScene(): void {
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());
}

export const ownerOf = ({ merchantId }: Stocked) => ({ kind: "merchant", userId: newId(), merchantId }) as const;
export const admin = { kind: "admin", userId: newId() } as const;
export const outcome = async (placed: ReturnType<typeof placeOrder>) => {
  const result = await placed;
  return result.ok ? "placed" : result.error;
};
export const place = (variantId: string, options: Parameters<TestShop["order"]>[1] = {}) =>
  outcome(placeOrder(shop.deps, shop.order(variantId, options)));
export const stateOf = async (id: string) => {
  const { status, exception, cardIds } = await shop.deps.db.order.findUniqueOrThrow({ where: { id } });
  return { state: `${status} ${exception}`, cardIds };
};
export const listed = async ({ variantId }: Stocked, q?: string) =>
  (
    await listPreviews(shop.deps, { variantId, seller: "web_zh", q, cursor: undefined, limit: 100 }, { isFresh: true })
  ).items.map(({ preview }) => preview);
/** An order that chose a card, whose time is over and whose card lies on the shelf again. */
export async function lapsed(stocked: Stocked, choice: Choice | undefined) {
  const order = await shop.place(stocked.variantId, choosing(choice));
  await shop.lapse(order.id, 40);
  await expireOrders(shop.deps);
  return order;
}
