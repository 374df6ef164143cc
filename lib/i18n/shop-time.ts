import { SHOP_TIME_ZONE } from "./format";

/** The shop's clock has no summer time, so one offset is true all year; a test holds it against the zone. */
export const SHOP_UTC_OFFSET = "+08:00";

const MINUTE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** The moment that a date field means ("2026-11-25T20:00" on the shop's clock), or null for a text that is none. */
export function readShopTime(text: string): Date | null {
  if (!MINUTE.test(text)) return null;
  const at = new Date(`${text}:00${SHOP_UTC_OFFSET}`);
  // The 31st of February reads as another day; whoever typed it meant neither.
  return Number.isNaN(at.getTime()) || writeShopTime(at) !== text ? null : at;
}

/** A moment as a date field holds it, on the shop's clock. */
export function writeShopTime(at: Date | null | undefined): string {
  if (!at) return "";
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: SHOP_TIME_ZONE,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
  return parts.replace(" ", "T");
}
