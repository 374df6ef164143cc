import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { Secret } from "@/lib/kernel/secret";
import type { JsonField } from "./flat-json";

/** How a server of this family signs; a setting of the account, never read from a message. */
export const JSON_SIGNATURES = ["md5", "hmac_sha256"] as const;
export type JsonSignature = (typeof JSON_SIGNATURES)[number];

export interface JsonSigner {
  readonly algorithm: JsonSignature;
  readonly token: Secret;
  /** The member that carries the signature, and is not part of what is signed. */
  readonly name: "signature" | "Signature";
}

/**
 * Go's `%v` of a float64, from the letters of a JSON number: 1000000 is `1e+06`. Servers written in Go send the number in
 * one form and sign it in the other.
 */
export function goNumber(literal: string): string {
  const value = Number(literal);
  const scientific = value.toExponential();
  const exponent = Number(scientific.slice(scientific.indexOf("e") + 1));
  return exponent < -4 || exponent >= 6 ? scientific.replace(/e([+-])(\d)$/, "e$10$2") : String(value);
}

/** Only the letters that Go itself would send are read as Go's, so `10.00` and `1e1` are not the 10 that was signed. */
const asGoSigned = (literal: string): string => (String(Number(literal)) === literal ? goNumber(literal) : literal);

const isSigned = ({ name, text, kind }: JsonField, signer: Pick<JsonSigner, "name">): boolean =>
  name !== signer.name && kind !== "null" && text !== "";

/** The text that is signed: members that are not empty, in order of their names, each as it is printed. */
export const canonicalJsonText = (
  fields: readonly JsonField[],
  signer: Pick<JsonSigner, "name">,
  printNumber: (literal: string) => string = (literal) => literal,
): string =>
  fields
    .filter((field) => isSigned(field, signer))
    .sort((left, right) => (left.name < right.name ? -1 : Number(left.name > right.name)))
    .map(({ name, text, kind }) => `${name}=${kind === "number" ? printNumber(text) : text}`)
    .join("&");

/** Lower-case hexadecimal: MD5 of the text with the token right behind it, or HMAC-SHA256 of the text under the token. */
export const signatureOfText = (text: string, { algorithm, token }: Pick<JsonSigner, "algorithm" | "token">): string =>
  algorithm === "md5"
    ? hash("md5", text + token.reveal(), "hex")
    : createHmac("sha256", token.reveal()).update(text, "utf8").digest("hex");

/**
 * Whether the members carry their signature under this account's token and algorithm: over the numbers as they were received,
 * or as Go prints them. Compared in constant time; upper case is refused.
 */
export function isSignedJson(fields: readonly JsonField[], signer: JsonSigner): boolean {
  const given = fields.find(({ name }) => name === signer.name);
  const letters = signer.algorithm === "md5" ? 32 : 64;
  if (given?.kind !== "string" || given.text.length !== letters || !/^[0-9a-f]+$/.test(given.text)) return false;
  const texts = new Set([canonicalJsonText(fields, signer), canonicalJsonText(fields, signer, asGoSigned)]);
  const sign = Buffer.from(given.text, "latin1");
  return [...texts].some((text) => timingSafeEqual(sign, Buffer.from(signatureOfText(text, signer), "latin1")));
}
