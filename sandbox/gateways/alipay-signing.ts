import { createSign, createVerify, type KeyObject } from "node:crypto";

export type Fields = Readonly<Record<string, string>>;

/** How the server treats blank values when it signs a notice; the kits of its clients disagree as well. */
export type Blanks = "kept" | "dropped";

const text = (fields: Fields, without: readonly string[], blanks: Blanks): string =>
  Object.keys(fields)
    .filter((name) => !without.includes(name) && (blanks === "kept" || (fields[name] ?? "").trim() !== ""))
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join("&");

export const rsa2 = (content: string, key: KeyObject): string =>
  createSign("RSA-SHA256").update(content, "utf8").sign(key, "base64");

export const isRequestSigned = (fields: Fields, key: KeyObject): boolean =>
  createVerify("RSA-SHA256")
    .update(text(fields, ["sign"], "dropped"), "utf8")
    .verify(key, fields.sign ?? "", "base64");

export const signedNotice = (fields: Fields, key: KeyObject, blanks: Blanks): Fields => ({
  ...fields,
  sign_type: "RSA2",
  sign: rsa2(text(fields, ["sign", "sign_type"], blanks), key),
});

/** A reply as `gateway.do` writes it: slashes escaped, the signature over the very letters in front of it. */
export function signedReply(
  { method, fields, serial }: { method: string; fields: Readonly<Record<string, unknown>>; serial: string | null },
  key: KeyObject,
): string {
  const response = JSON.stringify(fields).replaceAll("/", "\\/");
  const certificate = serial === null ? "" : `"alipay_cert_sn":"${serial}",`;
  return `{"${method.replaceAll(".", "_")}_response":${response},${certificate}"sign":"${rsa2(response, key)}"}`;
}

export const shanghaiTime = (ms: number): string =>
  new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");

/** Reads Shanghai's time back; NaN when it is none. */
export const fromShanghaiTime = (time: string): number =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time) ? Date.parse(`${time.replace(" ", "T")}+08:00`) : Number.NaN;

export const toFen = (yuan: string): bigint | null => {
  const match = /^(0|[1-9]\d{0,8})(?:\.(\d{1,2}))?$/.exec(yuan);
  return match ? BigInt(match[1] + (match[2] ?? "").padEnd(2, "0")) : null;
};
export const toYuan = (fen: bigint): string => `${fen / 100n}.${`${fen % 100n}`.padStart(2, "0")}`;
