import { createHash } from "node:crypto";

/**
 * EPay v1's arithmetic, written from the protocol a second time: the shop's adapter and this server check each other, so
 * this file must not import the shop's.
 */
export type Fields = Readonly<Record<string, string>>;

export function sign(fields: Fields, key: string): string {
  const parts: string[] = [];
  for (const name of Object.keys(fields).sort()) {
    const value = fields[name] ?? "";
    if (name === "sign" || name === "sign_type" || /^[ \t\n\r\0\v]*$/.test(value)) continue;
    parts.push(`${name}=${value}`);
  }
  return createHash("md5").update(parts.join("&")).update(key).digest("hex");
}

/** What the server signs and sends of a paid trade, in its own order of fields. */
export const signedQuery = (fields: Fields, key: string): string =>
  new URLSearchParams({ ...fields, sign: sign(fields, key), sign_type: "MD5" }).toString();

/** `"` becomes `\&quot;`: what the original does to every text it stores, addresses included. */
export const escapedAsStored = (text: string): string =>
  text
    .replace(/[\\"']/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#039;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

/** A PHP float on its way out: 10.00 prints as 10, 0.10 as 0.1. */
export const unpadded = (money: string): string => (money.includes(".") ? money.replace(/\.?0+$/, "") : money);

export const toFen = (money: string): bigint => {
  const [whole = "0", fraction = ""] = money.split(".");
  return BigInt(whole + fraction.padEnd(2, "0"));
};

export const toYuan = (fen: bigint): string => `${fen / 100n}.${String(fen % 100n).padStart(2, "0")}`;

/** Asia/Shanghai, as the protocol writes all its times: no zone, no daylight saving. */
export const shanghaiTime = (ms: number): string =>
  new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
