import { type Currency, type Money, money, toDecimal } from "@/lib/kernel/money";
import { LANGUAGE_TAGS, type Locale } from "./locale";

/** The shop's own clock on the wall: what a date means before the visitor's browser says otherwise. */
export const SHOP_TIME_ZONE = "Asia/Shanghai";

/** Writes an amount exactly, from its decimal text and never from a float: "¥1,280.00". USDT has no symbol in Intl. */
export function formatMoney(amount: Money, locale: Locale): string {
  const decimal = toDecimal(amount);
  if (amount.currency === "USDT") return `${decimal.replace(/0{1,4}$/, "")} USDT`;
  const format = new Intl.NumberFormat(LANGUAGE_TAGS[locale], {
    style: "currency",
    currency: amount.currency,
    currencyDisplay: "narrowSymbol",
  });
  return format.format(decimal as `${number}`);
}

/** The same for an amount that travelled as text, as all amounts do between server and browser. */
export const formatMinor = (amountMinor: string, currency: string, locale: Locale): string =>
  formatMoney(money(BigInt(amountMinor), currency as Currency), locale);

/** "2026年11月21日 02:14" in the shop's time zone. */
export function formatDate(at: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(LANGUAGE_TAGS[locale], {
    timeZone: SHOP_TIME_ZONE,
    year: "numeric",
    month: locale === "zh" ? "long" : "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(locale === "en" ? { timeZoneName: "short" as const } : {}),
  }).format(at);
}

/** "2026/11/21 02:14" or "Nov 21, 2026, 02:14": for rows of tables. */
export const formatStamp = (at: Date, locale: Locale): string =>
  new Intl.DateTimeFormat(LANGUAGE_TAGS[locale], {
    timeZone: SHOP_TIME_ZONE,
    year: "numeric",
    month: locale === "zh" ? "2-digit" : "short",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);

/** "5,000" */
export const formatCount = (count: number, locale: Locale): string =>
  new Intl.NumberFormat(LANGUAGE_TAGS[locale]).format(count);

const UNITS = ["B", "kB", "MB", "GB"] as const;

/** "12.4 MB", with decimal units as files are sold in. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${Math.round(size * 10) / 10} ${UNITS[unit]}`;
}

/**
 * Puts values into the `{name}` places of a sentence, and of `{name|card|cards}` the word that goes with the number; a name without a value
 * stays visible, so a test can see it.
 */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(
    /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g,
    (place: string, name: string, one?: string, many?: string) => {
      const value = values[name];
      if (value === undefined || one === undefined || many === undefined) return String(value ?? place);
      return String(value) === "1" ? one : many;
    },
  );
}

/** " (English)" or "（英文）": what is said beside a name, in the brackets of the language. */
export const inBrackets = (text: string, locale: Locale): string => (locale === "zh" ? `（${text}）` : ` (${text})`);

/** "Name: what it is" or "名称：是什么". */
export const withName = (name: string, text: string, locale: Locale): string =>
  `${name}${locale === "zh" ? "：" : ": "}${text}`;

/** "12 seconds ago", in the largest unit that is full. */
export function formatAgo(at: Date, nowMs: number, locale: Locale): string {
  const seconds = Math.max(0, Math.round((nowMs - at.getTime()) / 1000));
  const format = new Intl.RelativeTimeFormat(LANGUAGE_TAGS[locale], { numeric: "always" });
  if (seconds < 120) return format.format(-seconds, "second");
  if (seconds < 7_200) return format.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 172_800) return format.format(-Math.floor(seconds / 3_600), "hour");
  return format.format(-Math.floor(seconds / 86_400), "day");
}
