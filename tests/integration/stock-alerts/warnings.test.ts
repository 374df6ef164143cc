import { listCare, saveCare } from "@/lib/features/stock-alerts/care";
import { findChannel, saveChannel } from "@/lib/features/stock-alerts/channel";
import { CareListQuery, ChannelForm } from "@/lib/features/stock-alerts/schema";
import { sendMail } from "@/lib/flows/send-mail";
import { sendTelegram, sendTestMessage } from "@/lib/flows/send-telegram";
import { watchStock } from "@/lib/flows/watch-stock";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import { openPostbox, type Postbox, textOf } from "@/tests/support/postbox";
import { openDeps, openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { BOT_TOKEN, openTelegramHouse, type TelegramHouse } from "@/tests/support/telegram-house";
import { describe, expect, test } from "@/tests/support/test";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

describe("a merchant whose stock runs low", () => {
  let shop: TestShop;
  let other: Deps;
  let postbox: Postbox;
  let house: TelegramHouse;
  let owner: Merchant;
  test.beforeAll(async ({ database }) => {
    postbox = await openPostbox();
    house = await openTelegramHouse();
    const env = { KAPU_SMTP_URL: postbox.url, KAPU_MAIL_FROM: "Kapu <shop@example.com>" };
    shop = await openShop(database, env);
    other = openDeps(database, env);
    Object.assign(shop.deps, { fetch: house.fetch });
    const { merchantId } = await shop.stock({ cards: 0 });
    owner = { kind: "merchant", userId: newId(), merchantId };
    await shop.rows(
      "INSERT INTO app_user (id, email, password_hash, role, merchant_id) VALUES ($1, 'owner@example.com', 'x', 'merchant', $2)",
      [owner.userId, merchantId],
    );
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(async () => {
    await closeDeps(other);
    await shop.close();
    await house.close();
    await postbox.close();
  });

  const bound = ({ variantId }: Stocked, low: number, clear: number | null = null) =>
    shop.rows("UPDATE variant SET low_stock_below = $2, low_stock_clear = $3 WHERE id = $1", [variantId, low, clear]);
  const letters = async () =>
    (await shop.rows<{ id: string }>("SELECT id FROM mail WHERE kind = 'stock_low' ORDER BY id")).map(({ id }) => id);
  const stateOf = async ({ variantId }: Stocked) =>
    (await shop.rows<{ state: string }>("SELECT state FROM stock_warning WHERE variant_id = $1", [variantId]))[0]
      ?.state;
  const messages = () =>
    shop.rows<{ status: string; last_error: string | null; attempts: number; wait: number }>(
      "SELECT status, last_error, attempts, extract(epoch FROM next_try_at - now())::int AS wait FROM telegram_message ORDER BY created_at, id",
    );
  const connect = () =>
    saveChannel(
      shop.deps,
      owner,
      ChannelForm.parse({ isMail: "on", telegramToken: BOT_TOKEN, telegramChat: "-1001234567890" }),
    );

  test("is told once, whoever looks and how often, until it is filled up beyond the bound, and then once more", async () => {
    const stocked = await shop.stock({ cards: 5 });
    await bound(stocked, 3, 6);
    const before = (await letters()).length;
    await watchStock(shop.deps);
    expect(await stateOf(stocked)).toBeUndefined();
    await shop.place(stocked.variantId, { quantity: 2 });
    await Promise.all([watchStock(shop.deps), watchStock(other), watchStock(shop.deps)]);
    await watchStock(other);
    expect((await letters()).length).toBe(before + 1);
    await shop.restock(stocked, 2);
    await watchStock(shop.deps);
    expect(await stateOf(stocked)).toBe("low");
    await shop.place(stocked.variantId, { quantity: 2 });
    await watchStock(shop.deps);
    expect((await letters()).length).toBe(before + 1);
    await shop.restock(stocked, 3);
    await watchStock(shop.deps);
    expect(await stateOf(stocked)).toBe("clear");
    await shop.place(stocked.variantId, { quantity: 4 });
    await watchStock(shop.deps);
    expect((await letters()).length).toBe(before + 2);
  });

  test("is told nothing of what was never on sale, and one letter of many that fell at once", async () => {
    const never = await shop.stock({ cards: 0 });
    const many = [await shop.stock({ cards: 2 }), await shop.stock({ cards: 1 })];
    for (const stocked of [never, ...many]) await bound(stocked, 3);
    const before = await letters();
    await watchStock(shop.deps);
    expect(await stateOf(never)).toBeUndefined();
    const [letter, ...more] = (await letters()).filter((id) => !before.includes(id));
    expect(more).toEqual([]);
    const count = postbox.letters.length;
    await sendMail(shop.deps, { mailId: letter as string });
    const text = textOf(postbox.letters[count] ?? "");
    for (const { variantId, secrets } of many) {
      expect(text).toContain(`SKU-${variantId}`);
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
    expect(text).not.toContain(`SKU-${never.variantId}`);
  });

  test("hears it from a bot of their own; its token is sealed and shown to nobody", async () => {
    expect((await connect()).ok).toBe(true);
    const [row] = await shop.rows<{ row: string }>("SELECT to_jsonb(alert_channel)::text AS row FROM alert_channel");
    expect(row?.row).not.toContain(BOT_TOKEN);
    expect(JSON.stringify(await findChannel(shop.deps, owner))).not.toContain(BOT_TOKEN);
    const stocked = await shop.stock({ cards: 1 });
    await bound(stocked, 3);
    await watchStock(shop.deps);
    const said = house.said.length;
    await Promise.all([sendTelegram(shop.deps), sendTelegram(shop.deps)]);
    expect(house.said.slice(said).map(({ chat }) => chat)).toEqual(["-1001234567890"]);
    expect(house.said.at(-1)?.text).toContain(`SKU-${stocked.variantId}`);
    expect((await messages()).at(-1)?.status).toBe("sent");
    expect(await sendTelegram(shop.deps)).toBe(0);
  });

  test("a bot that asks for patience is asked again when it says so; one that cannot be mended is not asked again", async () => {
    await connect();
    const due = () => shop.rows("UPDATE telegram_message SET next_try_at = now() WHERE status = 'queued'");
    for (const [mood, error, wait] of [
      ["too_many", "Too Many Requests", 35],
      ["broken", "502", 60],
      ["hangs_up", "unreachable", 120],
      ["babbles", "HTTP 200", 240],
    ] as const) {
      if (mood === "too_many") await sendTestMessage(shop.deps, owner);
      house.mood = mood;
      await due();
      await sendTelegram(shop.deps);
      const last = (await messages()).at(-1);
      expect([mood, last?.status, last?.last_error]).toEqual([mood, "queued", expect.stringContaining(error)]);
      expect(Math.abs((last?.wait ?? 0) - wait)).toBeLessThan(10);
      expect(last?.last_error).not.toContain(BOT_TOKEN);
    }
    house.mood = "takes";
    await due();
    await sendTelegram(shop.deps);
    expect((await messages()).at(-1)?.status).toBe("sent");
    for (const mood of ["no_such_bot", "no_such_chat", "kicked"] as const) {
      await sendTestMessage(shop.deps, owner);
      house.mood = mood;
      await sendTelegram(shop.deps);
      expect([mood, (await messages()).at(-1)?.status]).toEqual([mood, "failed"]);
    }
    house.mood = "takes";
    const knocks = house.knocks;
    expect(await sendTelegram(shop.deps)).toBe(0);
    expect(house.knocks).toBe(knocks);
  });

  test("test messages are so many an hour, and only where there is a bot", async () => {
    const stranger: Viewer = { kind: "merchant", userId: newId(), merchantId: newId() };
    expect(await sendTestMessage(shop.deps, stranger)).toEqual({ ok: false, error: "token_required" });
    for (let n = 0; n < limits.testMessagesPerHour; n++) await sendTestMessage(shop.deps, owner);
    expect(await sendTestMessage(shop.deps, owner)).toEqual({ ok: false, error: "rate_limited" });
    await shop.rows("UPDATE telegram_message SET status = 'failed', next_try_at = NULL WHERE status = 'queued'");
  });

  test("who wants no mail gets none, and who switches the bot off has no token left", async () => {
    const off = ChannelForm.parse({ telegramToken: "", telegramChat: "", isTelegramOff: "on" });
    expect((await saveChannel(shop.deps, owner, off)).ok).toBe(true);
    const [row] = await shop.rows("SELECT telegram_token, telegram_chat, is_mail FROM alert_channel");
    expect(row).toEqual({ telegram_token: null, telegram_chat: null, is_mail: false });
    const stocked = await shop.stock({ cards: 1 });
    await bound(stocked, 3);
    const before = (await letters()).length;
    await watchStock(shop.deps);
    expect(await stateOf(stocked)).toBe("low");
    expect((await letters()).length).toBe(before);
    const chatOnly = ChannelForm.parse({ isMail: "on", telegramToken: "", telegramChat: "123456" });
    expect(await saveChannel(shop.deps, owner, chatOnly)).toEqual({ ok: false, error: "token_required" });
  });

  test("what is promised of a variant is its own merchant's to say", async () => {
    const { variantId } = await shop.stock({ cards: 0 });
    const care = { variantId, lowStockClear: 30, warrantyHours: 72, warrantyCount: 1 };
    const stranger: Viewer = { kind: "merchant", userId: newId(), merchantId: newId() };
    expect(await saveCare(shop.deps, stranger, care)).toEqual({ ok: false, error: "not_found" });
    expect(await saveCare(shop.deps, owner, { ...care, lowStockClear: 10 })).toEqual({
      ok: false,
      error: "clear_too_low",
    });
    expect(await saveCare(shop.deps, owner, care)).toEqual({ ok: true, value: null });
    const query = CareListQuery.parse({ q: variantId });
    expect((await listCare(shop.deps, owner, query)).rows[0]).toMatchObject({ warrantyHours: 72, lowStockClear: 30 });
    expect((await listCare(shop.deps, stranger, CareListQuery.parse({}))).rows).toEqual([]);
  });
});
