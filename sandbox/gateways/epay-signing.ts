import { createSign, createVerify, type KeyObject } from "node:crypto";
import { type Fields, sign } from "../signing";

/** What both versions sign, written from the protocol a second time. */
const text = (fields: Readonly<Record<string, unknown>>): string =>
  Object.keys(fields)
    .filter((name) => !["sign", "sign_type"].includes(name))
    .flatMap((name) => {
      const value = fields[name];
      if (value === null || typeof value === "object" || String(value).trim() === "") return [];
      return [`${name}=${value}`];
    })
    .sort()
    .join("&");

export const rsaSign = (fields: Readonly<Record<string, unknown>>, key: KeyObject): string =>
  createSign("RSA-SHA256").update(text(fields), "utf8").sign(key, "base64");

export const isRsaSigned = (fields: Fields, key: KeyObject): boolean =>
  createVerify("RSA-SHA256")
    .update(text(fields), "utf8")
    .verify(key, fields.sign ?? "", "base64");

/** The first version's signature over the given names only, or over all. */
export const isMd5Signed = (fields: Fields, key: string, names?: readonly string[]): boolean =>
  fields.sign ===
  sign(names ? Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name))) : fields, key);
