import { QuotaView, SpentQuotaView } from "@/lib/api/quota-schema";
import { limits } from "@/lib/kernel/limits";
import { bearer, newKey, send } from "@/tests/support/api-client";
import { expectInvariants } from "@/tests/support/invariants";
import { openLane, type TestLane } from "@/tests/support/lane";
import { openQuotaShop, type QuotaShop } from "@/tests/support/quota";
import { openShop, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("spending a key over HTTP", () => {
  let shop: TestShop;
  let quota: QuotaShop;
  let lane: TestLane;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    quota = await openQuotaShop(shop);
    lane = await openLane(shop.deps);
  });
  test.afterAll(async ({ database }) => {
    await lane.close();
    await shop.close();
    await expectInvariants(database);
  });

  interface Call {
    readonly callId?: string | null;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  }

  function spend(key: string, { callId = newKey(), body, headers = {} }: Call = {}) {
    return send(`${lane.url}/api/v1/quota/uses`, {
      method: "POST",
      headers: { ...bearer(key), ...(callId === null ? {} : { "idempotency-key": callId }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }
  const read = (key: string) => send(`${lane.url}/api/v1/quota`, { headers: bearer(key) });
  const bought = async (uses: number) => (await quota.sell({ uses })).keys[0] as string;

  test("a call is answered with what it spent and what is left, again byte for byte, and what is left is read without spending", async () => {
    const key = await bought(5);
    expect((await read(key)).json).toEqual({ used: 0, remaining: 5, usesMax: 5 });
    const first = await spend(key, { callId: "call-0001", body: { uses: 3 } });
    expect([first.status, first.json]).toEqual([201, { uses: 3, used: 3, remaining: 2, usesMax: 5 }]);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(first.headers.get("cache-control")).toBe("no-store");
    expect(SpentQuotaView.parse(first.json)).toEqual(first.json);
    expect((await spend(key)).json).toEqual({ uses: 1, used: 4, remaining: 1, usesMax: 5 });
    expect((await spend(key, { body: {} })).json).toEqual({ uses: 1, used: 5, remaining: 0, usesMax: 5 });
    const again = await spend(key, { callId: "call-0001", body: { uses: 3 } });
    expect([again.status, again.text, again.headers.get("idempotency-replayed")]).toEqual([201, first.text, "true"]);
    const left = await read(key);
    expect(QuotaView.parse(left.json)).toEqual({ used: 5, remaining: 0, usesMax: 5 });
  });

  test("less than was asked for is left: 409 says how much, nothing is spent, and the call may ask for less", async () => {
    const key = await bought(3);
    const refused = await spend(key, { callId: "call-0001", body: { uses: 4 } });
    expect([refused.status, refused.headers.get("content-type")]).toEqual([
      409,
      "application/problem+json; charset=utf-8",
    ]);
    expect(refused.json).toMatchObject({
      code: "quota_exhausted",
      fields: [{ path: "uses", code: "too_many", detail: "Of this key 3 are left." }],
    });
    expect((await spend(key, { callId: "call-0001", body: { uses: 3 } })).status).toBe(201);
    const other = await spend(key, { callId: "call-0001", body: { uses: 2 } });
    expect([other.status, other.json.code]).toEqual([409, "idempotency_conflict"]);
  });

  test("more calls at once than a key is good for: exactly so many are served", async () => {
    const key = await bought(40);
    const answers = await Promise.all(Array.from({ length: 90 }, () => spend(key)));
    expect(tally(answers.map(({ status }) => `${status}`))).toEqual({ 201: 40, 409: 50 });
    expect((await read(key)).json).toEqual({ used: 40, remaining: 0, usesMax: 40 });
  });

  test("a key that is unknown, malformed, missing, on the shelf, unpaid or refunded has one answer", async () => {
    const { variantId } = await quota.stock({ uses: 5, count: 1 });
    const [shelved] = (await quota.peek(variantId)) as [string];
    const onShelf = await spend(shelved);
    await shop.place(variantId);
    const { order, keys } = await quota.sell({ uses: 5 });
    await shop.rows("UPDATE orders SET status = 'refunding' WHERE id = $1", [order.id]);
    const texts = [shelved, keys[0] as string, `kq_${"Z".repeat(52)}`, "kq_short", "x"];
    const answers = [onShelf, ...(await Promise.all(texts.flatMap((key) => [spend(key), read(key)])))];
    answers.push(await send(`${lane.url}/api/v1/quota`));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await shop.rows("UPDATE orders SET status = 'delivered' WHERE id = $1", [order.id]);
  });

  test("what is no good call is refused by name, and nothing is spent", async () => {
    const key = await bought(5);
    const refusalOf = async (call: Call) => {
      const { status, json } = await spend(key, call);
      return `${status} ${json.code}`;
    };
    expect(await refusalOf({ callId: null })).toBe("400 invalid_idempotency_key");
    expect(await refusalOf({ callId: "short" })).toBe("400 invalid_idempotency_key");
    expect(await refusalOf({ callId: "x".repeat(201) })).toBe("400 invalid_idempotency_key");
    expect(await refusalOf({ body: "uses=1" })).toBe("400 not_json");
    for (const uses of [0, -1, 1.5, "1", null, limits.quotaUsesPerCallMax + 1])
      expect(await refusalOf({ body: { uses } }), `${uses}`).toBe("422 invalid");
    expect(await refusalOf({ body: { uses: 1, key } })).toBe("422 invalid");
    expect(await refusalOf({ body: " ".repeat(limits.quotaBodyBytesMax + 1) })).toBe("413 too_large");
    expect((await send(`${lane.url}/api/v1/quota/uses`, { headers: bearer(key) })).status).toBe(405);
    expect((await read(key)).json).toEqual({ used: 0, remaining: 5, usesMax: 5 });
  });
});
