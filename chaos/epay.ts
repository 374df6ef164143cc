import { createHash } from "node:crypto";

/** The gateway's own half of EPay v1, written from its description and not from the shop's code. */
export type Fields = Readonly<Record<string, string>>;

const canonical = (fields: Fields): string =>
  Object.keys(fields)
    .filter((name) => name !== "sign" && name !== "sign_type" && fields[name] !== "")
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join("&");

export const signed = (fields: Fields, key: string): Fields => ({
  ...fields,
  sign: createHash("md5")
    .update(canonical(fields) + key)
    .digest("hex"),
  sign_type: "MD5",
});

/** "19.90" or, as PHP prints a float, "19.9". */
export function yuan(minor: bigint, spelling: "bare" | "padded"): string {
  const padded = `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`;
  return spelling === "padded" ? padded : padded.replace(/\.?0+$/, "");
}

export const queryOf = (fields: Fields): string => new URLSearchParams(fields as Record<string, string>).toString();
