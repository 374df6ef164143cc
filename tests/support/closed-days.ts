import { FIRST_HASH, hashClose } from "@/lib/features/reports/hash-close";
import { canonicalClose, type Figure, NOBODY } from "@/lib/features/reports/rules";
import { SHOP_TIME_ZONE } from "@/lib/i18n/format";
import { readShopTime, writeShopTime } from "@/lib/i18n/shop-time";
import { behindTheShop } from "./behind-the-shop";

const DAY_MS = 24 * 3_600_000;

function figuresOf(merchantId: string, n: number): Figure[] {
  const money = (name: string, label: string, quantity: number, minor: number): Figure => ({
    name,
    merchantId,
    label,
    quantity: BigInt(quantity),
    amountMinor: BigInt(minor),
  });
  const found = (name: string, label: string, quantity: number): Figure => ({
    name,
    merchantId: NOBODY,
    label,
    quantity: BigInt(quantity),
    amountMinor: null,
  });
  return [
    money("placed", "CNY", 40 + n, 128_000 + n * 1_000),
    money("sold", "CNY", 31 + n, 98_800 + n * 1_000),
    money("delivered", "CNY", 30 + n, 97_800 + n * 1_000),
    money("received", "CNY", 32 + n, 99_800 + n * 1_000),
    money("unsettled", "CNY", 1, 1_000),
    money("refunded", "CNY", 2, 3_000),
    money("owed", "CNY", 1, 1_000),
    money("sold", "USDT", 3, 21_500_000),
    money("received", "USDT", 3, 21_500_000),
    found("finding_opened", "double_payment", 2),
    found("finding_closed", "double_payment", 1),
    found("finding_open", "double_payment", 1),
    found("finding_age_1", "double_payment", 1),
  ];
}

/** Days before yesterday, frozen as the job freezes them; once. Returns the latest. */
export const closePastDays = (count = 5): Promise<string> =>
  behindTheShop(async (client) => {
    const days = Array.from({ length: count }, (_, n) =>
      writeShopTime(new Date(Date.now() - (count + 1 - n) * DAY_MS)).slice(0, 10),
    );
    const last = days.at(-1) as string;
    const { rows } = await client.query<{ id: string }>("SELECT id FROM merchant ORDER BY created_at LIMIT 1");
    const { rowCount } = await client.query("SELECT 1 FROM daily_close LIMIT 1");
    let previous = FIRST_HASH;
    for (const [n, day] of rowCount ? [] : days.entries()) {
      const beginsAt = readShopTime(`${day}T00:00`) as Date;
      const span = { day, timeZone: SHOP_TIME_ZONE, beginsAt, endsAt: new Date(beginsAt.getTime() + DAY_MS) };
      const figures = figuresOf(rows[0]?.id as string, n);
      const hash = hashClose(previous, canonicalClose(span, figures, []));
      await client.query(
        "INSERT INTO daily_close (day, time_zone, begins_at, ends_at, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6)",
        [day, SHOP_TIME_ZONE, span.beginsAt, span.endsAt, Buffer.from(previous), Buffer.from(hash)],
      );
      for (const { name, merchantId, label, quantity, amountMinor } of figures)
        await client.query(
          "INSERT INTO daily_figure (day, name, merchant_id, label, quantity, amount_minor) VALUES ($1, $2, $3, $4, $5, $6)",
          [day, name, merchantId, label, quantity, amountMinor],
        );
      previous = hash;
    }
    return last;
  });
