import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { err, ok, type Result } from "@/lib/kernel/result";

/** Below this a signature can be forged with a budget. */
const MODULUS_BITS_MIN = 2_048;
const KEY_LETTERS_MAX = 16_384;
const SIGNATURE_LETTERS_MAX = 2_048;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export type KeyProblem = "malformed" | "too_short";

/** SHA256withRSA (PKCS#1 v1.5), in base64: what Alipay calls RSA2 and WeChat Pay SHA256-RSA2048. */
export const signRsa = (text: string, key: KeyObject): string =>
  sign("sha256", Buffer.from(text), key).toString("base64");

/** Whether the holder of the key signed exactly this text; false, never an error, for any other text in place of a signature. */
export function isSignedByRsa(text: string | Uint8Array, signature: string, key: KeyObject): boolean {
  if (signature.length > SIGNATURE_LETTERS_MAX || !BASE64.test(signature)) return false;
  const bytes = Buffer.from(signature, "base64");
  // One signature has one spelling.
  if (bytes.toString("base64") !== signature) return false;
  return verify("sha256", typeof text === "string" ? Buffer.from(text) : text, key, bytes);
}

/** Reads a private key however gateways hand it out: PEM, or the bare base64 of its PKCS#8 or PKCS#1 DER. */
export const readPrivateKey = (text: string): Result<KeyObject, KeyProblem> =>
  readKey(text, /^(RSA )?PRIVATE KEY$/, [
    (key) => createPrivateKey({ key, format: "der", type: "pkcs8" }),
    (key) => createPrivateKey({ key, format: "der", type: "pkcs1" }),
  ]);

/** Reads a public key likewise. A private key in its place is refused, though a public one could be made of it. */
export const readPublicKey = (text: string): Result<KeyObject, KeyProblem> =>
  // Node would quietly make a public key out of a private one.
  readPrivateKey(text).ok
    ? err("malformed")
    : readKey(text, /^(RSA )?PUBLIC KEY$/, [
        (key) => createPublicKey({ key, format: "der", type: "spki" }),
        (key) => createPublicKey({ key, format: "der", type: "pkcs1" }),
      ]);

/** Whether the public key is the other half of the private one. */
export const isKeyPair = (privateKey: KeyObject, publicKey: KeyObject): boolean =>
  createPublicKey(privateKey).equals(publicKey);

/** Whether the key is RSA and long enough. */
export function checkRsaKey(key: KeyObject): Result<KeyObject, KeyProblem> {
  if (key.asymmetricKeyType !== "rsa") return err("malformed");
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) < MODULUS_BITS_MIN ? err("too_short") : ok(key);
}

function readKey(
  text: string,
  label: RegExp,
  readers: readonly ((der: Buffer) => KeyObject)[],
): Result<KeyObject, KeyProblem> {
  const der = derOf(text, label);
  if (!der) return err("malformed");
  for (const read of readers) {
    try {
      return checkRsaKey(read(der));
    } catch {
      // Not this form of it.
    }
  }
  return err("malformed");
}

/** The bytes between the lines of a PEM with the right label, or of bare base64; people paste keys with every kind of line break. */
function derOf(text: string, label: RegExp): Buffer | null {
  if (text.length > KEY_LETTERS_MAX) return null;
  const pem = /^\s*-----BEGIN ([A-Z ]+)-----([^-]*)-----END \1-----\s*$/.exec(text);
  if (pem && !label.test(pem[1] ?? "")) return null;
  const base64 = (pem?.[2] ?? text).replace(/\\[nr]|\s/g, "");
  return BASE64.test(base64) ? Buffer.from(base64, "base64") : null;
}
