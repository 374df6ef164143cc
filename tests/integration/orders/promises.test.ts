import { VariantForm } from "@/lib/features/merchants/schema";
import { findOrderView } from "@/lib/features/orders/view";
import { findPromisePage } from "@/lib/features/promises/queries";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { deliverByHand } from "@/lib/flows/deliver-by-hand";
import { placeOrder } from "@/lib/flows/place-order";
import { refreshStockBand } from "@/lib/flows/refresh-stock-bands";
import { revealOrder } from "@/lib/flows/reveal-order";
import { shareSecret } from "@/lib/flows/share-secret";
import { watchPromises } from "@/lib/flows/watch-promises";
import { newId } from "@/lib/kernel/id";
import { Secret } from "@/lib/kernel/secret";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import { openDeps, openShop, type Stocked, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { variantFields } from "../merchants/shops";

const DAY_MS = 24 * 3_600_000;
const FIELDS = [
  { key: "f1", zh: "游戏账号", en: "Account", isRequired: true },
  { key: "f2", zh: "备注", en: "Note", isRequired: false },
];

describe("what is sold before it is there", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  const change = (stocked: Stocked, data: object) =>
    shop.deps.db.variant.update({ where: { id: stocked.variantId }, data });

  async function byHand(): Promise<{ stocked: Stocked; owner: Extract<Viewer, { kind: "merchant" }> }> {
    const stocked = await shop.stock({ cards: 0, quantityMax: 5 });
    await change(stocked, { kind: "manual", manualHours: 24, buyerFields: FIELDS });
    // The batch names the person who delivers.
    const userId = newId();
    const { merchantId } = stocked;
    await shop.deps.db.appUser.create({
      data: { id: userId, email: `${userId}@shop.test`, passwordHash: "-", role: "merchant", merchantId },
    });
    return { stocked, owner: { kind: "merchant", userId, merchantId } };
  }

  async function presale(cap: number, cards = 0): Promise<Stocked> {
    const stocked = await shop.stock({ cards, quantityMax: 5 });
    await change(stocked, { presaleAt: new Date(Date.now() + 7 * DAY_MS), presaleCap: cap });
    return stocked;
  }

  const outcome = async (placed: ReturnType<typeof placeOrder>) => {
    const result = await placed;
    return result.ok ? "placed" : result.error;
  };
  const stateOf = async (id: string) => {
    const { status, exception } = await shop.deps.db.order.findUniqueOrThrow({ where: { id } });
    return `${status} ${exception}`;
  };
  const findingsOf = async (orderId: string) =>
    (await shop.deps.db.finding.findMany({ where: { orderId }, orderBy: { kind: "asc" } })).map(
      ({ kind, status }) => `${kind} ${status}`,
    );
  const contents = (...texts: string[]) => texts.map((text) => new Secret(text));
  const shown = async (orderId: string) => {
    const revealed = await revealOrder(shop.deps, { orderId, actor: { kind: "buyer" } });
    return revealed.ok ? revealed.value.secrets.map(({ text }) => text.reveal()) : revealed.error;
  };

  test("an order by hand waits for its merchant, who delivers all of it, once, and its buyer alone is shown it", async () => {
    const { stocked, owner } = await byHand();
    const order = await shop.place(stocked.variantId, { quantity: 2, answers: { f1: " mia ", f2: "" } });
    expect(await deliverByHand(shop.deps, owner, { orderId: order.id, contents: contents("a", "b") })).toEqual({
      ok: false,
      error: "not_waiting",
    });
    await shop.pay(order);
    expect(await stateOf(order.id)).toBe("paid owed");
    expect(await findingsOf(order.id)).toEqual(["owed_order open"]);
    const page = await findPromisePage(shop.deps, owner, order.id);
    expect(page).toMatchObject({ kind: "manual", isWaiting: true, isOverdue: false, lacking: 2 });
    expect(page?.answers.map(({ field, text }) => [field.en, text])).toEqual([["Account", "mia"]]);
    expect(await deliverByHand(shop.deps, owner, { orderId: order.id, contents: contents("only one") })).toEqual({
      ok: false,
      error: "wrong_count",
    });
    const twice = await Promise.all(
      ["A", "B"].map((text) =>
        deliverByHand(shop.deps, owner, { orderId: order.id, contents: contents(text, "same") }),
      ),
    );
    expect(tally(twice.map((result) => (result.ok ? "delivered" : result.error)))).toEqual({
      delivered: 1,
      not_waiting: 1,
    });
    expect(await stateOf(order.id)).toBe("delivered none");
    expect(await findingsOf(order.id)).toEqual(["owed_order resolved"]);
    expect(await shown(order.id)).toEqual([twice[0]?.ok ? "A" : "B", "same"]);
  });

  test("what was delivered by hand may be said to every buyer, and goes to the order it was made for, not to whoever paid first", async () => {
    const { stocked, owner } = await byHand();
    const [first, second] = [
      await shop.place(stocked.variantId, { answers: { f1: "one" } }),
      await shop.place(stocked.variantId, { answers: { f1: "two" } }),
    ];
    await shop.pay(first);
    await shop.pay(second);
    for (const order of [second, first]) {
      expect(await deliverByHand(shop.deps, owner, { orderId: order.id, contents: contents("done") })).toEqual({
        ok: true,
        value: null,
      });
      expect(await shown(order.id)).toEqual(["done"]);
    }
  });

  test("an order by hand is refused without what the merchant asks for, and what the buyer wrote lies sealed", async () => {
    const { stocked, owner } = await byHand();
    const { variantId } = stocked;
    expect(await outcome(placeOrder(shop.deps, shop.order(variantId)))).toBe("form_incomplete");
    const tooLong = shop.order(variantId, { answers: { f1: "x".repeat(301) } });
    expect(await outcome(placeOrder(shop.deps, tooLong))).toBe("form_incomplete");
    const wish = shop.order(variantId, { answers: { f1: "canary-account-7", strange: "x" } });
    const [placed, again] = [await placeOrder(shop.deps, wish), await placeOrder(shop.deps, wish)];
    expect([placed.ok && placed.value.id, again.ok && again.value.isReplay]).toEqual([
      again.ok && again.value.id,
      true,
    ]);
    const other = { ...wish, answers: { f1: "somebody else" } };
    expect(await outcome(placeOrder(shop.deps, other))).toBe("idempotency_conflict");
    const [row] = await shop.rows<{ found: boolean }>(
      "SELECT position('canary-account-7'::bytea IN answers) > 0 AS found FROM order_promise WHERE order_id = $1",
      [placed.ok ? placed.value.id : ""],
    );
    expect(row).toEqual({ found: false });
    const orderId = placed.ok ? placed.value.id : "";
    const admin = await findPromisePage(shop.deps, { kind: "admin", userId: newId() }, orderId);
    expect(admin?.answers).toEqual([]);
    const stranger = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    expect(await findPromisePage(shop.deps, stranger, orderId)).toBe(null);
    await shop.pay(placed.ok ? placed.value : (null as never));
    expect(await deliverByHand(shop.deps, stranger, { orderId, contents: contents("x") })).toEqual({
      ok: false,
      error: "not_found",
    });
    expect(await deliverByHand(shop.deps, owner, { orderId, contents: contents("x".repeat(20_000)) })).toEqual({
      ok: false,
      error: "too_long",
    });
  });

  test("what is past its day is named once, and no more when it is delivered", async () => {
    const { stocked, owner } = await byHand();
    const order = await shop.place(stocked.variantId, { answers: { f1: "late" } });
    await shop.pay(order);
    await watchPromises(shop.deps);
    expect(await findingsOf(order.id)).toEqual(["owed_order open"]);
    await shop.rows("ALTER TABLE orders DISABLE TRIGGER orders_edges");
    await shop.rows("UPDATE orders SET paid_at = paid_at - interval '25 hours' WHERE id = $1", [order.id]);
    await shop.rows("ALTER TABLE orders ENABLE TRIGGER orders_edges");
    await watchPromises(shop.deps);
    await watchPromises(shop.deps);
    expect(await findingsOf(order.id)).toEqual(["overdue_order open", "owed_order open"]);
    expect((await findPromisePage(shop.deps, owner, order.id))?.isOverdue).toBe(true);
    await deliverByHand(shop.deps, owner, { orderId: order.id, contents: contents("at last") });
    expect(await findingsOf(order.id)).toEqual(["overdue_order resolved", "owed_order resolved"]);
  });

  test("a presale takes orders up to its cap, however many ask at once in two processes, and tells them the day", async ({
    database,
  }) => {
    const { variantId } = await presale(7);
    const other = openDeps(database);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => outcome(placeOrder(n % 2 ? shop.deps : other, shop.order(variantId)))),
    );
    expect(tally(results)).toEqual({ placed: 7, insufficient_stock: 13 });
    const [order] = await shop.rows<{ id: string }>(
      "SELECT order_id AS id FROM order_promise WHERE variant_id = $1 LIMIT 1",
      [variantId],
    );
    const view = await findOrderView(shop.deps, order?.id ?? "");
    const { presaleAt } = await shop.deps.db.variant.findUniqueOrThrow({ where: { id: variantId } });
    expect(view?.promisedBy).toEqual(presaleAt);
    // Room that a cancelled order gives back is room again.
    await cancelOrder(shop.deps, { orderId: order?.id ?? "", actor: { kind: "buyer" } });
    expect(await outcome(placeOrder(shop.deps, shop.order(variantId)))).toBe("placed");
    expect(await outcome(placeOrder(shop.deps, shop.order(variantId)))).toBe("insufficient_stock");
    await closeDeps(other);
  });

  test("a presale is filled in order of payment when cards are published, and past its cap only what is there is sold", async () => {
    const stocked = await presale(3);
    const { variantId } = stocked;
    const orders = [await shop.place(variantId), await shop.place(variantId), await shop.place(variantId)];
    for (const n of [1, 0, 2]) await shop.pay(orders[n] as (typeof orders)[number]);
    const states = () => Promise.all(orders.map(({ id }) => stateOf(id)));
    expect(await states()).toEqual(["paid owed", "paid owed", "paid owed"]);
    const bandOf = async () => {
      await refreshStockBand(shop.deps, variantId);
      return (await shop.deps.db.variantStock.findUniqueOrThrow({ where: { variantId } })).band;
    };
    expect(await bandOf()).toBe("sold_out");
    await shop.restock(stocked, 1);
    expect(await states()).toEqual(["paid owed", "delivered none", "paid owed"]);
    await shop.restock(stocked, 3);
    expect(await states()).toEqual(["delivered none", "delivered none", "delivered none"]);
    const fromStock = await shop.place(variantId);
    expect((await shop.deps.db.order.findUniqueOrThrow({ where: { id: fromStock.id } })).stockPolicy).toBe(
      "reserve_on_order",
    );
    expect(await outcome(placeOrder(shop.deps, shop.order(variantId)))).toBe("insufficient_stock");
  });

  test("a form for a variant says what does not go together", () => {
    const codesOf = (fields: Record<string, string | string[]>) => {
      const parsed = VariantForm.safeParse(variantFields(fields));
      return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join()} ${message}`);
    };
    expect(codesOf({ kind: "manual" })).toEqual(["manualHours manual_hours_required", "quantityMax manual_quantity"]);
    expect(codesOf({ presaleCap: "5" })).toEqual(["presaleCap presale_incomplete"]);
    const manual = { kind: "manual", manualHours: "24", quantityMax: "5" };
    expect(codesOf({ ...manual, presaleAt: "2030-01-01T00:00", presaleCap: "5" })).toEqual([
      "presaleAt presale_manual",
    ]);
    expect(codesOf({ ...manual, fieldZh: ["账号", ""], fieldEn: ["", ""] })).toEqual(["fieldZh field_incomplete"]);
    const fields = {
      fieldZh: ["账号", "", "备注"],
      fieldEn: ["Account", "", "Note"],
      fieldRequired: ["yes", "yes", "no"],
    };
    expect(VariantForm.parse(variantFields({ ...manual, ...fields })).buyerFields).toEqual([
      { key: "f1", zh: "账号", en: "Account", isRequired: true },
      { key: "f2", zh: "备注", en: "Note", isRequired: false },
    ]);
  });

  test("one text is sold as often as it may be used, each use to one order, and the same again adds only what is more", async () => {
    const stocked = await shop.stock({ cards: 0, quantityMax: 1 });
    const { owner } = await byHand();
    const { variantId } = stocked;
    const share = (uses: number, text = "shared-account----pass") =>
      shareSecret(shop.deps, owner, { variantId, secret: new Secret(text), uses, note: "" });
    const addedOf = async (shared: ReturnType<typeof share>) => {
      const result = await shared;
      return result.ok ? [result.value.added, result.value.known] : result.error;
    };
    expect(await addedOf(share(3))).toEqual([3, 0]);
    const twice = await Promise.all([addedOf(share(3)), addedOf(share(5))]);
    expect(twice).toEqual([
      [0, 3],
      [2, 3],
    ]);
    const placed = await Promise.all(Array.from({ length: 9 }, () => placeOrder(shop.deps, shop.order(variantId))));
    expect(tally(placed.map((result) => (result.ok ? "placed" : result.error)))).toEqual({
      placed: 5,
      insufficient_stock: 4,
    });
    const [first, second] = placed.flatMap((result) => (result.ok ? [result.value] : []));
    for (const order of [first, second]) {
      await shop.pay(order as NonNullable<typeof order>);
      expect(await shown(order?.id ?? "")).toEqual(["shared-account----pass"]);
    }
    await change(stocked, { quantityMax: 2 });
    expect(await addedOf(share(6))).toBe("several_per_order");
    const stranger = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    const foreign = { variantId, secret: new Secret("x"), uses: 1, note: "" };
    expect(await shareSecret(shop.deps, stranger, foreign)).toEqual({ ok: false, error: "not_found" });
  });
});
