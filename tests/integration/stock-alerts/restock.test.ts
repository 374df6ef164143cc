import { endToken } from "@/lib/features/stock-alerts/restock";
import { askRestock, endRestock, tellRestocked } from "@/lib/flows/ask-restock";
import { refreshStockBands } from "@/lib/flows/refresh-stock-bands";
import { sendMail } from "@/lib/flows/send-mail";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { setBounds } from "@/tests/support/bounds";
import { expectInvariants } from "@/tests/support/invariants";
import { openPostbox, type Postbox, textOf } from "@/tests/support/postbox";
import { openDeps, openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("a buyer who waits for what is sold out", () => {
  let shop: TestShop;
  let other: Deps;
  let postbox: Postbox;
  test.beforeAll(async ({ database }) => {
    postbox = await openPostbox();
    const env = { KAPU_SMTP_URL: postbox.url, KAPU_MAIL_FROM: "Kapu <shop@example.com>" };
    shop = await openShop(database, env);
    other = openDeps(database, env);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(async () => {
    await closeDeps(other);
    await shop.close();
    await postbox.close();
  });

  const ok = { ok: true, value: null };
  const ask = (variantId: string, email: string, addressKey = newId()) =>
    askRestock(shop.deps, { variantId, email, locale: "zh", addressKey });
  const mailsTo = (email: string) =>
    shop.rows<{ id: string; restock_id: string }>(
      "SELECT id, restock_id FROM mail WHERE kind = 'restocked' AND recipient = $1 ORDER BY id",
      [email],
    );
  const waiting = async (email: string) =>
    (
      await shop.rows<{ n: number }>(
        "SELECT count(*)::int AS n FROM restock_request WHERE email = $1 AND state = 'waiting'",
        [email],
      )
    )[0]?.n;
  const soldOut = async (): Promise<Stocked> => {
    const stocked = await shop.stock({ cards: 0 });
    await refreshStockBands(shop.deps);
    return stocked;
  };
  const refill = async (stocked: Stocked) => {
    await shop.restock(stocked, 1);
    await refreshStockBands(shop.deps);
  };

  test("gets one mail when it is back, however often it was asked for and whoever looks, and none at the next restock", async () => {
    const stocked = await soldOut();
    for (let n = 0; n < 3; n++) expect(await ask(stocked.variantId, "one@example.com")).toEqual(ok);
    expect(await tellRestocked(shop.deps)).toBe(0);
    await refill(stocked);
    await Promise.all([tellRestocked(shop.deps), tellRestocked(other)]);
    expect((await mailsTo("one@example.com")).length).toBe(1);
    await shop.place(stocked.variantId);
    await refreshStockBands(shop.deps);
    await refill(stocked);
    await tellRestocked(shop.deps);
    expect((await mailsTo("one@example.com")).length).toBe(1);
  });

  test("is told where to buy, and how to hear no more; no card is in the letter", async () => {
    const stocked = await soldOut();
    await ask(stocked.variantId, "letter@example.com");
    const secrets = await shop.restock(stocked, 1);
    await refreshStockBands(shop.deps);
    await tellRestocked(shop.deps);
    const [mail] = await mailsTo("letter@example.com");
    const count = postbox.letters.length;
    await sendMail(shop.deps, { mailId: mail?.id as string });
    const text = textOf(postbox.letters[count] ?? "");
    expect(text).toContain(`/zh/products/p-${stocked.productId}`);
    expect(text).toContain(`/zh/restock/end#${endToken(shop.deps.keys, mail?.restock_id as string)}`);
    expect(text).not.toContain(secrets[0]);
  });

  test("hears the same whether the address is new, waits already, or wants to hear nothing, and after that gets no mail", async () => {
    const [first, second] = [await soldOut(), await soldOut()];
    const email = "quiet@example.com";
    const heard = [
      await ask(first.variantId, email),
      await ask(first.variantId, email),
      await ask(second.variantId, email),
    ];
    const [request] = await shop.rows<{ id: string }>("SELECT id FROM restock_request WHERE email = $1", [email]);
    const link = new Secret(endToken(shop.deps.keys, request?.id as string));
    expect(await endRestock(shop.deps, link)).toEqual(ok);
    expect(await endRestock(other, link)).toEqual(ok);
    heard.push(await ask(first.variantId, email));
    expect(heard).toEqual([ok, ok, ok, ok]);
    expect(await waiting(email)).toBe(0);
    await refill(first);
    await tellRestocked(shop.deps);
    expect(await mailsTo(email)).toEqual([]);
    const [silence] = await shop.rows<{ row: string }>(
      "SELECT to_jsonb(restock_silence)::text AS row FROM restock_silence",
    );
    expect(silence?.row).not.toContain("quiet");
  });

  test("a link that we did not write ends nothing", async () => {
    const stocked = await soldOut();
    await ask(stocked.variantId, "kept@example.com");
    const [request] = await shop.rows<{ id: string }>(
      "SELECT id FROM restock_request WHERE email = 'kept@example.com'",
    );
    const own = endToken(shop.deps.keys, request?.id as string);
    const forged = [
      `${own.slice(0, 33)}${"A".repeat(43)}`,
      own.slice(0, -1),
      `${newId().replaceAll("-", "")}${own.slice(32)}`,
      "",
    ];
    for (const link of forged)
      expect(await endRestock(shop.deps, new Secret(link))).toEqual({ ok: false, error: "not_found" });
    expect(await waiting("kept@example.com")).toBe(1);
  });

  test("whoever asks for too much is stopped: by place, by address in silence, and by how much one address waits for", async () => {
    const stocked = await soldOut();
    const place = newId();
    const heard: string[] = [];
    for (let n = 0; n <= limits.restockAsksPerAddress; n++) {
      const asked = await ask(stocked.variantId, `flood-${n}@example.com`, place);
      heard.push(asked.ok ? "ok" : asked.error);
    }
    expect([heard[0], heard.at(-1)]).toEqual(["ok", "rate_limited"]);
    const email = "greedy@example.com";
    for (let n = 0; n < limits.restockAsksPerEmail + 3; n++)
      expect(await ask((await soldOut()).variantId, email)).toEqual(ok);
    expect(await waiting(email)).toBe(limits.restockAsksPerEmail);
    const putBoundsBack = setBounds({ restockPerEmailMax: 5 });
    await shop.rows(
      `INSERT INTO restock_request (id, variant_id, email, locale) SELECT gen_random_uuid(), v.id, 'full@example.com', 'zh' FROM variant v ORDER BY v.id LIMIT 5`,
    );
    const held = await waiting("full@example.com");
    expect(await ask((await soldOut()).variantId, "full@example.com")).toEqual(ok);
    putBoundsBack();
    expect(await waiting("full@example.com")).toBe(held);
  });

  test("what is not offered is not found, and a shop without mail promises none", async ({ database }) => {
    const stocked = await soldOut();
    expect(await ask(newId(), "nowhere@example.com")).toEqual({ ok: false, error: "not_found" });
    await shop.rows("UPDATE product SET status = 'archived' WHERE id = $1", [stocked.productId]);
    expect(await ask(stocked.variantId, "nowhere@example.com")).toEqual({ ok: false, error: "not_found" });
    const mute = openDeps(database);
    const asked = askRestock(mute, {
      variantId: stocked.variantId,
      email: "x@example.com",
      locale: "en",
      addressKey: "a",
    });
    expect(await asked).toEqual({ ok: false, error: "unavailable" });
    await closeDeps(mute);
  });
});
